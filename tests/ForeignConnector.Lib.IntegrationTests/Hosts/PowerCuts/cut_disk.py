"""A disk with a volatile cache whose power can be cut, as the file 'disk' in a FUSE file system.

Usage: cut_disk.py IMAGE MOUNTPOINT SEED

What is written is in the cache; a flush takes all of it to the platter. Writing a number N to the file 'cut' cuts the power at the N-th write or flush
from then on, and 0 at once. At the cut, each block in the cache reaches the platter or does not, by chance: all of them, none, or some, in any order. From then on every flush
fails, so that nobody is promised anything. The file 'IMAGE.cut' says that it happened. Unmounting writes the platter to IMAGE: as it was at the cut, or with everything.

A cut shows what is lost without a flush, or with one too late: a write-back cache that loses power. It does not show blocks that are torn,
or a disk that says it has flushed and has not.
"""
import errno
import random
import stat
import sys

from fusepy import FUSE, FuseOSError, Operations

BLOCK = 4096


class CutDisk(Operations):
    def __init__(self, image, seed):
        self.image = image
        self.random = random.Random(seed)
        with open(image, "rb") as file:
            self.platter = bytearray(file.read())
        self.seen = bytearray(self.platter)
        self.cache = []
        self.left = None
        self.is_cut = False

    def getattr(self, path, fh=None):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2}
        if path == "/disk":
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": len(self.seen)}
        if path == "/cut":
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": 0}
        raise FuseOSError(errno.ENOENT)

    def read(self, path, size, offset, fh):
        return bytes(self.seen[offset:offset + size])

    def write(self, path, data, offset, fh):
        if path == "/cut":
            self.left = int(data)
            self.count(0)
            return len(data)
        self.count(1)
        for start in range(0, len(data), BLOCK):
            self.cache.append((offset + start, data[start:start + BLOCK]))
        self.seen[offset:offset + len(data)] = data
        return len(data)

    def fsync(self, path, datasync, fh):
        self.count(1)
        if self.is_cut:
            raise FuseOSError(errno.EIO)
        self.keep(1)

    def truncate(self, path, length, fh=None):
        if path != "/cut":
            raise FuseOSError(errno.EPERM)

    def flush(self, path, fh):
        return 0

    def destroy(self, path):
        if not self.is_cut:
            self.keep(1)
        with open(self.image, "r+b") as file:
            file.write(self.platter)

    def count(self, operations):
        if self.left is None or self.is_cut:
            return
        self.left -= operations
        if self.left <= 0:
            self.keep(self.random.choice([0, 1, self.random.random()]))
            self.is_cut = True
            open(self.image + ".cut", "x").close()

    def keep(self, share):
        if self.is_cut:
            return
        for offset, data in self.cache:
            if self.random.random() < share:
                self.platter[offset:offset + len(data)] = data
        self.cache.clear()


if __name__ == "__main__":
    FUSE(CutDisk(sys.argv[1], int(sys.argv[3])), sys.argv[2], foreground=True, nothreads=True, big_writes=True)
