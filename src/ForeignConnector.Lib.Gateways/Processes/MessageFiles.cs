using System.Globalization;
using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>
/// Files with messages, each as long as a call takes, readable for this account alone. What a process that was killed left behind goes when
/// the next one begins: a file in use is locked. Thread-safe.
/// </summary>
internal sealed class MessageFiles
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly Lock _gate = new();
    private bool _isReady;
    private int _count;

    public MessageFiles(IFileSystem files, string directory) => (_files, _directory) = (files, directory);

    /// <summary>Puts a message into a file.</summary>
    /// <returns>Its path; disposing the other value deletes it.</returns>
    /// <exception cref="IOException">The disk is full, or the directory cannot be used.</exception>
    public async ValueTask<(string Path, IDisposable Lent)> LendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        Prepare();
        var path = _files.Path.Combine(_directory, string.Create(
            CultureInfo.InvariantCulture, $"{request.IdOf(request.Envelope.Recipients[0])}-{Environment.ProcessId}-{Next()}.eml"));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var file = _files.FileStream.New(path, options);
            await using (file.ConfigureAwait(false))
            {
                var content = request.Content.OpenRead();
                await using (content.ConfigureAwait(false))
                    await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            }
            // Says that it is in use, and lets everybody read.
            return (path, new LentFile(_files, path, _files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.Read)));
        }
        catch
        {
            _files.File.Delete(path);
            throw;
        }
    }

    private int Next() => Interlocked.Increment(ref _count);

    private void Prepare()
    {
        lock (_gate)
        {
            if (_isReady && _files.Directory.Exists(_directory))
                return;
            if (OperatingSystem.IsWindows())
                _files.Directory.CreateDirectory(_directory);
            else
                _files.Directory.CreateDirectory(
                    _directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var path in _files.Directory.EnumerateFiles(_directory, "*.eml"))
                DeleteIfUnused(path);
            _isReady = true;
        }
    }

    private void DeleteIfUnused(string path)
    {
        try
        {
            using (_files.FileStream.New(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                _files.File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In use, or not ours.
        }
    }

    private sealed class LentFile(IFileSystem files, string path, Stream hold) : IDisposable
    {
        public void Dispose()
        {
            hold.Dispose();
            try
            {
                files.File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next process sweeps it.
            }
        }
    }
}
