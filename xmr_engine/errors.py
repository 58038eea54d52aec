"""The errors a user of the engine can meet; each message says what was got and the way out."""


class XmrError(Exception):
    """Any refusal of the engine: bad settings, bad data, or a bad model."""


class ConfigError(XmrError):
    """A setting is unknown, of the wrong type, or outside its range."""


class DataError(XmrError):
    """A log, a pair file or a catalogue cannot be read or holds nothing usable."""


class ModelFormatError(XmrError):
    """A model directory is truncated, foreign, newer than this engine, or altered."""
