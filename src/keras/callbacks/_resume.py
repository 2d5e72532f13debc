"""What `fit(resume=...)` adds to the callbacks."""

import time

from keras._core import processes
from keras.callbacks._backup_and_restore import BackupAndRestore

SECONDS = 60.0  # between two backups within an epoch


class Resume(BackupAndRestore):
    """Makes a backup after every epoch, and within long ones now and then; the history goes on with the run.

    Several processes that train together make them after epochs only.

    Args:
        folder: where backups are kept, also after the end.
    """

    keeps_history = True

    def __init__(self, folder):
        super().__init__(folder, delete_checkpoint=False)
        self._saved = time.monotonic()

    def on_pause(self, step):
        """Makes a backup if the last one is old; asked between two programs."""
        # several processes have to agree on the step, and their clocks do not
        if processes.count() == 1 and time.monotonic() - self._saved >= SECONDS:
            self.save(self._epoch, step)

    def save(self, epoch, step):
        """Writes where training is."""
        super().save(epoch, step)
        self._saved = time.monotonic()
