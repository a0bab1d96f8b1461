using System.IO.Abstractions;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>A <see cref="NewFile"/> of any <see cref="IFileSystem"/>.</summary>
internal sealed class ManagedNewFile(IFileSystem files, string path) : NewFile
{
    /// <summary>Readers are let in because between the renaming and the closing a consumer may open the file already.</summary>
    public const FileShare Sharing = FileShare.Read | FileShare.Delete;

    private readonly FileSystemStream _stream = files.FileStream.New(path, Options(SharedAccess.PrivateFile));

    public override Stream Stream => _stream;

    public override void Flush() => _stream.Flush(flushToDisk: true);

    public override bool CanFlushVolume => false;

    public override void FlushVolume() => throw new NotSupportedException();

    /// <summary>How a file is created: private from the moment it exists (DR-10).</summary>
    public static FileStreamOptions Options(UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = Sharing, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        return options;
    }

    public override void Dispose() => _stream.Dispose();
}
