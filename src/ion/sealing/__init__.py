"""What people wrote is kept sealed: a key for each owner, and the master key around those keys."""

from ion.sealing.data_key import BrokenSeal, NoDataKey, OwnerKeys, Place
from ion.sealing.key_store import KeyCounts, KeyStore, KeyTable
from ion.sealing.keyring import Keyring, Keys
from ion.sealing.master import BadMasterKey, MasterKey, Masters, NoMasterKey, new_master_key
from ion.sealing.opening import DataKeysMissing, data_keys_url, open_keyring, own_key_file
from ion.sealing.rotating import begin_rotation, end_rotation, rewrapped
from ion.sealing.sources import KeyFile, MasterSource, write_key_file

__all__ = [
    "BadMasterKey",
    "BrokenSeal",
    "DataKeysMissing",
    "KeyCounts",
    "KeyFile",
    "KeyStore",
    "KeyTable",
    "Keyring",
    "Keys",
    "MasterKey",
    "MasterSource",
    "Masters",
    "NoDataKey",
    "NoMasterKey",
    "OwnerKeys",
    "Place",
    "begin_rotation",
    "data_keys_url",
    "end_rotation",
    "new_master_key",
    "open_keyring",
    "own_key_file",
    "rewrapped",
    "write_key_file",
]
