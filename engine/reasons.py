"""Why a film was not scored, and what to know about one that was: stable codes and plain sentences."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a film has no score. Codes are stable; tables and exports rely on them."""

    NOT_FOUND = "not_found"
    NO_PERMISSION = "no_permission"
    EMPTY_FILE = "empty_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    CORRUPT_PIXELS = "corrupt_pixels"
    TOO_LARGE = "too_large"
    NO_PIXELS = "no_pixels"
    READER_CRASHED = "reader_crashed"
    TIMED_OUT = "timed_out"

    TOO_SMALL = "too_small"
    BLANK = "blank"
    MULTI_FRAME = "multi_frame"
    WRONG_MODALITY = "wrong_modality"
    WRONG_BODY_PART = "wrong_body_part"
    NOT_A_CHEST_FILM = "not_a_chest_film"
    NOT_FRONTAL = "not_frontal"
    LUNGS_CUT_OFF = "lungs_cut_off"

    @property
    def sentence(self) -> str:
        """One sentence: what happened, then what to do."""
        return _REASON_SENTENCES[self]


class Note(StrEnum):
    """What a reader should know about a film; a note never rejects one."""

    INVERTED_CORRECTED = "inverted_corrected"
    WINDOW_REPLACED = "window_replaced"
    UPSIDE_DOWN = "upside_down"
    ROTATED = "rotated"
    EXPOSURE = "exposure"
    BURNED_IN_TEXT = "burned_in_text"
    AGE_OUTSIDE_TRAINING = "age_outside_training"
    AGE_UNKNOWN = "age_unknown"
    UNLIKE_TRAINING = "unlike_training"
    HEAT_OUTSIDE_LUNGS = "heat_outside_lungs"
    MODEL_UNSIGNED = "model_unsigned"

    @property
    def sentence(self) -> str:
        """One sentence for the reader of the film."""
        return _NOTE_SENTENCES[self]


_REASON_SENTENCES = {
    Reason.NOT_FOUND: "The file is not there. Check the name, or plug the drive in again.",
    Reason.NO_PERMISSION: "You may not read this file. Ask whoever owns it, or copy it to your own folder.",
    Reason.EMPTY_FILE: "The file is empty. Export the film again.",
    Reason.NOT_AN_IMAGE: "This is not a picture that can be read. Choose a JPEG, PNG, TIFF or DICOM file.",
    Reason.UNSUPPORTED_ENCODING: "The pixels are packed in a way that cannot be read here. "
    "Export the film uncompressed or as JPEG.",
    Reason.CORRUPT_PIXELS: "The picture is damaged or cut off. Copy or export the film again.",
    Reason.TOO_LARGE: "The picture is too large to read safely. Export it at a smaller size.",
    Reason.NO_PIXELS: "This DICOM file holds no picture. Choose the film itself.",
    Reason.READER_CRASHED: "Reading this file stopped the reader, and the other films went on. Export the film again.",
    Reason.TIMED_OUT: "Reading this file took too long. Export the film again, or copy it to this PC first.",
    Reason.TOO_SMALL: "The picture is too small to judge. Use the full-size film, not a preview.",
    Reason.BLANK: "The picture has no content. Check the exposure and export the film again.",
    Reason.MULTI_FRAME: "This file holds several pictures. Export the one chest film.",
    Reason.WRONG_MODALITY: "This is not an X-ray film. Choose a chest radiograph.",
    Reason.WRONG_BODY_PART: "The file says that this is not the chest. Choose a chest film.",
    Reason.NOT_A_CHEST_FILM: "This does not look like a chest film. Choose a chest radiograph.",
    Reason.NOT_FRONTAL: "This looks like a side view. Choose a frontal film.",
    Reason.LUNGS_CUT_OFF: "Part of the lungs lies outside the picture. Choose a film that shows both lungs.",
}

_NOTE_SENTENCES = {
    Note.INVERTED_CORRECTED: "The film came with dark bones and was turned round. Check that it looks right.",
    Note.WINDOW_REPLACED: "The film's own window hid most of the chest. It is shown in another: check its look.",
    Note.UPSIDE_DOWN: "The film lies upside down. It was scored upright and is shown as it came.",
    Note.ROTATED: "The film lies on its side. It was scored upright and is shown as it came.",
    Note.EXPOSURE: "The film is very dark, very pale or hardly has any contrast. Read it, whatever its score, "
    "or take it again.",
    Note.BURNED_IN_TEXT: "There is writing in the picture. Make sure that it covers no lung, and that it names nobody "
    "where the film is passed on.",
    Note.AGE_OUTSIDE_TRAINING: "The model was not trained on this age. Do not rely on its score.",
    Note.AGE_UNKNOWN: "The file gives no age. The score holds only for the ages the model was trained on.",
    Note.UNLIKE_TRAINING: "The film is unlike those the model learned from. Read it, whatever its score.",
    Note.HEAT_OUTSIDE_LUNGS: "Most of the heat lies outside the lungs. Look at the heat before you trust the score.",
    Note.MODEL_UNSIGNED: "Nobody whom this PC trusts has signed the model. Find out where it comes from before you "
    "rely on its score.",
}
