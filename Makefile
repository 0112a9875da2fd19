# Three habits: make lint, make test, make docs. make demo and make lab show the product. make only calls tools.
PYTHON ?= python3
VENV := .venv
LONGEST := tutorials/10-brats-segmentation.ipynb
BIN := $(VENV)/bin

# Tests, notebooks and pages start many processes that import leyden: what is compiled once is kept, wherever this is run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo lab test lint docs screenshots conformance bench clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'leyden needs Python 3.11 or newer; name one: make PYTHON=python3.11')"
	@echo "setting up $(VENV): some minutes the first time"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt "$$(grep '^torch==' constraints.txt)"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/leyden demo

lab: $(VENV)/installed
	$(BIN)/leyden lab $(OPTIONS)

# Tests are small: two processes of one thread each are faster than one of two. The longest notebook is begun first.
test: export OMP_NUM_THREADS ?= 1
test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist loadscope -p no:nbval
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --nbval-lax --nbval-cell-timeout=600 $(LONGEST) tutorials notebooks

lint: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	PYTHONPATH=package $(BIN)/lint-imports
	$(BIN)/typos

docs: $(VENV)/installed
	$(BIN)/python docs/site_reference.py
	$(BIN)/python docs/catalogue.py
	$(BIN)/python docs/gallery.py
	$(BIN)/python docs/licences.py
	$(BIN)/python docs/benchmarks_index.py
	$(BIN)/python docs/outputs.py check
	$(BIN)/panache lint --no-cache --isolated _quarto.yml README.md CONTRIBUTING.md docs
	$(BIN)/python docs/check.py
	$(BIN)/python docs/site_render.py

# The pictures of README and docs, from the notebooks in a real JupyterLab; needs chromium.
screenshots: $(VENV)/installed
	PYTHONPATH=tests $(BIN)/python -m browser.screenshots

# ONNX's own backend suite, whole; the tests run a sample of it.
conformance: $(VENV)/installed
	$(BIN)/python -m leyden.onnx.conformance --json out/conformance.json
	$(BIN)/python docs/onnx_support.py out/conformance.json

# Peers come whole and without what they would bring along; see bench/peers.txt and its like.
.peers/installed: bench/peers.txt
	$(PYTHON) -m venv .peers
	.peers/bin/python -m pip install --quiet "$$(grep '^torch==' bench/peers.txt)"
	.peers/bin/python -m pip install --quiet --no-deps --requirement bench/peers.txt
	touch $@

.augment-peers/installed: bench/augment-peers.txt
	$(PYTHON) -m venv .augment-peers
	.augment-peers/bin/python -m pip install --quiet "$$(grep '^torch==' bench/augment-peers.txt)"
	.augment-peers/bin/python -m pip install --quiet --no-deps --requirement bench/augment-peers.txt
	touch $@

.onnx-peers/installed: bench/onnx-peers.txt
	$(PYTHON) -m venv .onnx-peers
	.onnx-peers/bin/python -m pip install --quiet "$$(grep '^torch==' bench/onnx-peers.txt)"
	.onnx-peers/bin/python -m pip install --quiet --no-deps --requirement bench/onnx-peers.txt
	touch $@

.medical-peers/installed: bench/medical-peers.txt
	$(PYTHON) -m venv .medical-peers
	.medical-peers/bin/python -m pip install --quiet "$$(grep '^torch==' bench/medical-peers.txt)"
	.medical-peers/bin/python -m pip install --quiet --no-deps --requirement bench/medical-peers.txt
	touch $@

# Beside leyden's environment, which brings all but onnxruntime; see bench/medical_openvino.py.
.openvino/installed: bench/openvino.txt
	$(PYTHON) -m venv .openvino
	.openvino/bin/python -m pip install --quiet --no-deps --requirement bench/openvino.txt
	touch $@

bench: $(VENV)/installed .peers/installed .augment-peers/installed .onnx-peers/installed .medical-peers/installed .openvino/installed
	$(BIN)/python bench/data.py
	$(BIN)/python bench/graph.py
	$(BIN)/python bench/augment.py
	$(BIN)/python bench/demo.py
	$(BIN)/python bench/masks.py
	$(BIN)/python bench/onnx_import.py
	$(BIN)/python bench/medical.py

clean:
	rm -rf $(VENV) .peers .augment-peers .onnx-peers .medical-peers .openvino out _site .quarto
