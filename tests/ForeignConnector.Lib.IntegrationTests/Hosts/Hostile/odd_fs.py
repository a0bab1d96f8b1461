"""Shows a directory through FUSE, with a fault for each file '<backing>.<fault>' that exists:

eio     deleting files fails with EIO
eperm   deleting files fails with EPERM
rename-eio, rename-eperm   the same for renaming files and giving them second names

Stopped with SIGSTOP it hangs. With NAMES its inode numbers follow the names, as some network shares have it: a renamed file seems to be another one.
Usage: odd_fs.py BACKING MOUNTPOINT [NAMES [NOLINKS]]; with NOLINKS it has no hard links
"""
import errno
import os
import sys
import zlib

from fusepy import FUSE, FuseOSError, Operations


class OddFiles(Operations):
    def __init__(self, backing, inodes_follow_names, has_links):
        self.backing = backing
        self.inodes_follow_names = inodes_follow_names
        self.has_links = has_links

    def __call__(self, op, path, *args):
        if op == "unlink":
            if os.path.exists(self.backing + ".eio"):
                raise FuseOSError(errno.EIO)
            if os.path.exists(self.backing + ".eperm"):
                raise FuseOSError(errno.EPERM)
        if op in ("rename", "link"):
            if os.path.exists(self.backing + ".rename-eio"):
                raise FuseOSError(errno.EIO)
            if os.path.exists(self.backing + ".rename-eperm"):
                raise FuseOSError(errno.EPERM)
        try:
            return super().__call__(op, path, *args)
        except OSError as e:
            raise FuseOSError(e.errno)

    def real(self, path):
        return self.backing + path

    def getattr(self, path, fh=None):
        s = os.lstat(self.real(path))
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime")
        inode = zlib.crc32(path.encode(errors="surrogateescape")) + 2 if self.inodes_follow_names else s.st_ino
        return dict(((n, getattr(s, n)) for n in names), st_ino=inode)

    def readdir(self, path, fh):
        return [".", ".."] + os.listdir(self.real(path))

    def statfs(self, path):
        s = os.statvfs(self.real(path))
        return {n: getattr(s, n) for n in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize", "f_namemax")}

    def access(self, path, mode):
        return 0

    def create(self, path, mode, fi=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        return os.open(self.real(path), flags & ~os.O_NOFOLLOW)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.real(path), length)

    def flush(self, path, fh):
        return 0

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        return 0

    def release(self, path, fh):
        os.close(fh)

    def unlink(self, path):
        os.unlink(self.real(path))

    def rename(self, old, new):
        os.rename(self.real(old), self.real(new))

    def link(self, target, source):
        if not self.has_links:
            raise FuseOSError(errno.EOPNOTSUPP)
        os.link(self.real(source), self.real(target))

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self.real(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self.real(path), times)


if __name__ == "__main__":
    FUSE(OddFiles(sys.argv[1], len(sys.argv) > 3, len(sys.argv) < 5), sys.argv[2], foreground=True, allow_other=True, use_ino=True)
