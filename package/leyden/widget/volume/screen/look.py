"""How a volume panel looks: the rules for its parts beyond those of every panel."""

__all__ = ["LOOK"]

LOOK = """<style>
.leyden-volume { container-type: inline-size; }
.leyden .leyden-planes { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 10px 12px; }
.leyden .leyden-volume-below { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 4fr); gap: 10px 22px;
  align-items: start; border-top: 1px solid var(--jp-border-color2, #8884); padding-top: 10px; }
@container (max-width: 640px) { .leyden .leyden-planes, .leyden .leyden-volume-below {
  grid-template-columns: minmax(0, 1fr); } }
.leyden-planes > *, .leyden-volume-below > * { margin: 0; min-width: 0; width: auto; }
.leyden .leyden-planes > * { justify-content: space-between; gap: 2px; }
.leyden .leyden-planes .labelled { width: 100%; }
.leyden .leyden-volume .widget-toggle-buttons { height: auto; }
.leyden .leyden-volume .widget-toggle-buttons button { width: auto; min-width: 0; max-width: 100%; height: auto;
  min-height: var(--jp-widgets-inline-height); padding: 0 9px; margin: 0 2px 2px 0; line-height: 1.3;
  white-space: normal; overflow-wrap: anywhere; }
.leyden .leyden-volume .widget-inline-hbox { max-width: 100%; }
.leyden .leyden-volume .widget-checkbox { width: auto; }
.leyden .leyden-which { align-items: flex-end; }
.leyden .leyden-pick { width: auto; max-width: 100%; min-width: 0; }
.leyden .leyden-pick .widget-dropdown { width: 100%; max-width: 340px; }
.leyden .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; overflow-wrap: anywhere; }
.leyden .legend i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px;
  box-shadow: 0 0 0 1px #8888; }
.leyden .instead { background: #000; border-radius: 3px; text-align: center; line-height: 0; }
.leyden .instead img { max-width: 100%; }
.leyden .leyden-volume table.facts th { white-space: normal; overflow-wrap: anywhere; min-width: 76px; }
.leyden .leyden-volume table.facts td { min-width: 90px; }
.leyden .hint { font-size: 12px; color: var(--jp-ui-font-color2, GrayText); }
</style>"""
