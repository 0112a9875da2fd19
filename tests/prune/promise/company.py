"""What a pruned model does in the company of Lightning and of other processes."""

import tempfile
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import nn

from prune.promise.cases import Case, loss, zero_in_forward
from prune.promise.designs import Design
from prune.promise.elsewhere import told_elsewhere


class Task(pl.LightningModule):
    """A task around the network of a case."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def training_step(self, batch: torch.Tensor, index: int) -> torch.Tensor:
        return loss(self.network(batch))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=0.01)


def a_lightning_module_stays_one_and_fits(design: Design, case: Case) -> bool:
    sparse = design.prune(Task(case.model()))
    _fit(sparse, case, 2)
    return isinstance(sparse, Task) and zero_in_forward(design, sparse.network, case)


def a_lightning_checkpoint_loads_into_the_plain_class(design: Design, case: Case) -> bool:
    sparse = design.prune(Task(case.model()))
    with tempfile.TemporaryDirectory() as folder:
        file = _checkpoint(_fit(sparse, case, 1), folder)
        plain = Task.load_from_checkpoint(file, network=case.model(), strict=True, weights_only=True)
    return all(torch.equal(value, sparse.state_dict()[name]) for name, value in plain.state_dict().items())


def a_resumed_fit_ends_as_an_unbroken_one(design: Design, case: Case) -> bool:
    unbroken, broken = (design.prune(Task(case.model())) for _ in range(2))
    _fit(unbroken, case, 2)
    resumed = design.prune(Task(case.model()))
    with tempfile.TemporaryDirectory() as folder:
        _fit(resumed, case, 2, _checkpoint(_fit(broken, case, 1), folder))
    ended = resumed.state_dict()
    return all(torch.equal(value, ended[name]) for name, value in unbroken.state_dict().items())


def two_processes_train_as_one(design: Design, case: Case) -> bool:
    return told_elsewhere()[f"two processes with {design.title}"]


def _fit(task: pl.LightningModule, case: Case, epochs: int, resume: Path | None = None) -> pl.Trainer:
    trainer = pl.Trainer(
        max_epochs=epochs, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(task, torch.utils.data.DataLoader(case.example, batch_size=2), ckpt_path=resume)
    return trainer


def _checkpoint(trainer: pl.Trainer, folder: str) -> Path:
    file = Path(folder) / "last.ckpt"
    trainer.save_checkpoint(file)
    return file
