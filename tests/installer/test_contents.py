import pytest

from installer.contents import is_wanted, without_orphans


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/qml/QtQuick/libplugin.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6\\translations\\qtbase_de.qm",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt6Quick.dll",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/plugins/platforms/qdirect2d.dll",
        "PySide6/opengl32sw.dll",
        "onnxruntime/capi/libonnxruntime.so.1.31.1",
        "pillow.libs/libavif-c6062d5f.so.16.4.2",
        "numpy/_core/include/numpy/arrayobject.h",
    ],
)
def test_what_is_never_loaded_stays_out(name: str) -> None:
    assert not is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt6Gui.dll",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so",
        "_gdcm/libgdcmMSFF.so.3.2",
        "resources/model.onnx",
        "resources/samples/phantom-08.dcm",
        "pydicom/data/urls.json",
    ],
)
def test_what_is_needed_goes_in(name: str) -> None:
    assert is_wanted(name)


def test_libraries_that_only_left_out_ones_ask_for_stay_out() -> None:
    plugins = "PySide6/Qt/plugins/platformthemes"
    asks = {
        f"{plugins}/libqgtk3.so": {"libgtk.so", "libshared.so"},
        f"{plugins}/libqxdgdesktopportal.so": {"libshared.so"},
        "libgtk.so": {"libcairo.so"},
        "libcairo.so": set(),
        "libshared.so": set(),
        "module.so": set(),
    }
    entries = [(name, f"/from/{name}", "BINARY") for name in asks]
    kept = without_orphans(entries, needs=lambda entry: asks[entry[0]])
    assert [entry[0] for entry in kept] == [f"{plugins}/libqxdgdesktopportal.so", "libshared.so", "module.so"]
