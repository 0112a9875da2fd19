"""The style sheet of the pruning panel: two columns where there is room, colours for light and dark themes."""

from leyden.widget.prune.drawing.cost import COLOURS

__all__ = ["LOOK"]

# Lighter relatives of the colours of lines, for dark backgrounds.
_ON_DARK = (
    "#56B4E9",
    "#FF8A50",
    "#2BC79A",
    "#E5A3CB",
    "#F0C04A",
    "#A8D8F5",
    "#D2A06D",
    "#B39DEB",
    "#BFCB52",
    "#F08CAB",
)

_LINES = "".join(f".leyden .c{place} {{ --line: {colour}; }}\n" for place, colour in enumerate(COLOURS))
_DARK_LINES = "".join(
    f'[data-jp-theme-light="false"] .leyden .c{place} {{ --line: {colour}; }}\n'
    for place, colour in enumerate(_ON_DARK)
)

LOOK = f"""
.leyden {{ --kept: #0072B2; --pruned: #E08A4F; }}
[data-jp-theme-light="false"] .leyden {{ --kept: #56B4E9; --pruned: #C8632A; }}
{_LINES}{_DARK_LINES}
.leyden-prune {{ container-type: inline-size; }}
.leyden .leyden-prune-columns {{ display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 14px 26px;
  align-items: start; border-top: 1px solid var(--jp-border-color2, #8884); padding-top: 10px; }}
.leyden-prune-columns > * {{ margin: 0; min-width: 0; width: auto; }}
@container (max-width: 640px) {{ .leyden .leyden-prune-columns {{ grid-template-columns: minmax(0, 1fr); }} }}
.leyden .leyden-prune .leyden-flow {{ align-items: center; }}
.leyden .leyden-ticks {{ gap: 0 14px; }}
.leyden .leyden-ticks > * {{ margin: 0; max-width: 100%; height: auto; }}
.leyden .leyden-ticks > .widget-checkbox > label {{ white-space: normal; overflow-wrap: anywhere; height: auto; }}
.leyden-prune svg {{ display: block; width: 100%; height: auto; overflow: visible; }}
.leyden-prune svg text {{ font: 11px var(--jp-ui-font-family, sans-serif); fill: var(--jp-ui-font-color1, CanvasText);
  font-variant-numeric: tabular-nums; }}
.leyden svg.cost {{ max-width: 520px; }}
.leyden svg.cost line {{ stroke: var(--jp-border-color2, GrayText); stroke-width: 1; }}
.leyden svg.cost line.grid {{ opacity: 0.6; }}
.leyden svg.cost line.level {{ stroke: var(--jp-ui-font-color1, CanvasText); stroke-dasharray: 5 4; opacity: 0.8; }}
.leyden svg.cost line.now {{ stroke: var(--jp-ui-font-color2, GrayText); }}
.leyden svg.cost path {{ fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; }}
.leyden svg.cost circle {{ fill: var(--line); }}
.leyden svg.cost circle.now {{ fill: none; stroke: var(--jp-ui-font-color1, CanvasText); stroke-width: 1.6; }}
.leyden .key {{ display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; margin-top: 4px; }}
.leyden .key i {{ display: inline-block; width: 14px; height: 0; border-top: 2.5px solid var(--line); margin-right: 5px;
  vertical-align: middle; }}
.leyden .key .level i {{ border-top: 1.5px dashed currentColor; }}
.leyden .key .kept i, .leyden .key .pruned i {{ width: 10px; height: 10px; border: 0; border-radius: 2px;
  background: var(--kept); }}
.leyden .key .pruned i {{ background: var(--pruned); }}
.leyden-prune .refused {{ font-size: 12px; color: var(--jp-ui-font-color2, GrayText); margin-top: 2px; }}
.leyden-prune .leyden-copy textarea {{ field-sizing: content; min-height: 84px; }}
.leyden svg.weights path.kept {{ fill: var(--kept); }}
.leyden svg.weights path.pruned {{ fill: var(--pruned); }}
.leyden svg.weights line {{ stroke: var(--jp-ui-font-color2, GrayText); stroke-width: 1; }}
.leyden-prune .row {{ display: grid; grid-template-columns: minmax(0, 1fr) 96px minmax(24px, 64px) 52px 72px; gap: 10px;
  align-items: center; padding: 2px 6px; font-size: 12px; font-variant-numeric: tabular-nums; border-radius: 3px; }}
.leyden-prune .row .name {{ overflow-wrap: anywhere; line-height: 1.2; }}
.leyden-prune .row .told, .leyden-prune .row .left {{ text-align: right; }}
.leyden-prune .row .left {{ color: var(--jp-ui-font-color2, GrayText); }}
.leyden-prune .row .bar > i {{ background: var(--pruned); }}
.leyden-prune .row.heads {{ color: var(--jp-ui-font-color2, GrayText); }}
.leyden-prune .row.heads .bar {{ visibility: hidden; }}
.leyden-prune .row.spared :is(svg, .bar) {{ opacity: 0.4; }}
.leyden-prune .row.spared .told {{ color: var(--jp-ui-font-color2, GrayText); }}
.leyden-prune .row:is([aria-selected="true"], :hover) :is(.left, .told) {{ color: inherit; }}
.leyden .leyden-prune table.facts th {{ white-space: normal; overflow-wrap: anywhere; min-width: 76px; }}
.leyden .leyden-prune table.facts td {{ min-width: 90px; }}
.leyden-prune .key, .leyden-prune .refused, .leyden .leyden-ticks {{ overflow-wrap: anywhere; }}
.leyden-prune .row[aria-selected="true"] {{ background: var(--jp-layout-color2, #8882);
  box-shadow: inset 3px 0 0 var(--kept); }}
@container (max-width: 400px) {{ .leyden-prune svg text {{ font-size: 16px; }}
  .leyden-prune .leyden-copy {{ flex-wrap: wrap; }}
  .leyden-prune .leyden-copy textarea {{ flex: 1 0 100%; }}
  .leyden-prune .row {{ grid-template-columns: minmax(0, 1fr) 72px 48px; }}
  .leyden-prune .row :is(.bar, .left) {{ display: none; }} }}
"""
"""Rules for everything that the panel draws itself; what all panels share is in `leyden.widget.base`."""
