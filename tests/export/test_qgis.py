"""QGIS itself, where there is one: opens the layer styled and paints it as the pages do."""

import json
import os
import subprocess

import pytest

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.maps.atlas import KINDS
from mekantek.maps.palette import HATCHES

HOW = "Needs QGIS: on Debian or Ubuntu run 'apt-get install qgis python3-qgis'."
# The interpreter that knows qgis.core, seldom the one that runs these tests.
PYTHON = os.environ.get("MEKANTEK_QGIS_PYTHON", "/usr/bin/python3")
ASKED = r"""
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (QgsApplication, QgsExpressionContextUtils, QgsMapRendererParallelJob,
                       QgsMapSettings, QgsRenderContext, QgsVectorLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + "|layername=provinces", "provinces", "ogr")
count, ids, names, *_ = layer.listStylesInDatabase()
told = {"valid": layer.isValid(), "features": layer.featureCount(), "related": count,
        "opened": layer.renderer().classAttribute(), "labels": layer.labelsEnabled(), "fills": {},
        "errors": []}
settings = QgsMapSettings()
settings.setLayers([layer])
settings.setOutputSize(QSize(400, 200))
settings.setBackgroundColor(QColor("white"))
settings.setExtent(layer.extent())
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
told["errors"] = [error.message for error in job.errors()]
told["colours"] = sorted({QColor(image.pixel(x, y)).name() for x in range(400) for y in range(200)})
context = QgsRenderContext.fromMapSettings(settings)
context.expressionContext().appendScope(QgsExpressionContextUtils.layerScope(layer))
for key, name in zip(ids, names):
    document = QDomDocument()
    document.setContent(layer.getStyleFromDatabase(key)[0])
    done, message = layer.importNamedStyle(document)
    if not done:
        told["errors"].append(message)
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    fills = told["fills"][name] = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        layers = symbol.symbolLayers() if symbol else []
        fills[str(feature["plate"])] = [
            part.color().name() for part in layers
            if part.layerType() in ("SimpleFill", "LinePatternFill")
        ]
    renderer.stopRender(context)
print("\n" + json.dumps(told), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def told(styled):
    try:
        known = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    except OSError:
        pytest.skip(HOW)
    if known.returncode:
        pytest.skip(HOW)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [PYTHON, "-c", ASKED, str(styled[0])], capture_output=True, text=True, encoding="utf-8",
        check=False, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), styled[1]


def test_it_opens_styled(told, study):
    """81 provinces in the default style, with names; the picture has the palette's colours."""
    from mekantek.maps.palette import share_bins

    found, _ = told
    assert (found["valid"], found["features"], found["labels"]) == (True, 81, True)
    assert '"high_2024"' in found["opened"]
    assert found["errors"] == []
    assert found["related"] == len(found["fills"]) == 66
    assert set(share_bins(study, "high").colours) <= set(found["colours"])


def test_every_style_paints_as_the_page_does(told, sheets):
    """All provinces in all styles, by QGIS's own renderers: fills and hatchings of the sheets."""
    found, language = told
    for sheet in sheets:
        for view in sheet.views:
            name = KINDS[sheet.kind][language]
            if sheet.classes:
                name += f": {CLASS_NAMES[sheet.classes][language]}"
            fills = found["fills"].pop(f"{name}, {view.label[language]}", None)
            for plate, painted in (fills or {}).items():
                fill = view.extra.get(plate, view.fill[plate])
                hatching = HATCHES.get(fill.removeprefix("hatch-"))
                assert painted == ([fill] if hatching is None else list(hatching)), (name, plate)
    assert found["fills"] == {}
