using System.IO.Abstractions;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage.Platform;
using MimeKit;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// The octets of one message, header and body, that never change: in memory or in a file. Can be opened any number of times, also from
/// several threads, until it is disposed. Disposing releases what it owns (a spool file); streams opened before must be closed first.
/// </summary>
/// <remarks>
/// What <see cref="FromFile(IFileSystem, string, long)"/> reads stays the caller's file and must not change while this object is in use.
/// </remarks>
public abstract class MessageContent : IDisposable
{
    // Never changed: shared by all threads.
    private static readonly FormatOptions WireFormat = CreateWireFormat();

    /// <summary>Octets in all.</summary>
    public abstract long Length { get; }

    /// <summary>A new stream at the first octet; the caller disposes it.</summary>
    /// <exception cref="IOException">The file behind it cannot be read.</exception>
    public abstract Stream OpenRead();

    // What need not be looked at when the message is made clean (HF-4).
    internal virtual Cleanness Cleanness => Cleanness.Unknown;

    // The octets themselves where they are in memory: saves the stream.
    internal virtual bool TryGetOctets(out ReadOnlyMemory<byte> octets)
    {
        octets = default;
        return false;
    }

    /// <summary>A message in memory. The octets are not copied and must not change.</summary>
    public static MessageContent FromOctets(ReadOnlyMemory<byte> octets) => new OctetContent(octets);

    internal static MessageContent FromOctets(ReadOnlyMemory<byte> octets, Cleanness cleanness) => new OctetContent(octets, cleanness);

    /// <summary>A message in a file of the real file system.</summary>
    /// <param name="path">The file; it must exist now and be readable later.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MessageContent FromFile(string path) => FromFile(PlatformFiles.Real, path);

    /// <summary>A message in a part of a file of the real file system.</summary>
    /// <param name="path">The file; it must exist now and be readable later.</param>
    /// <param name="offset">Octets to leave out at its beginning.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative or beyond the end of the file.</exception>
    public static MessageContent FromFile(string path, long offset) => FromFile(PlatformFiles.Real, path, offset);

    /// <summary>A message in a file, or in a part of one.</summary>
    /// <param name="files">Where the file is.</param>
    /// <param name="path">The file; it must exist now and be readable later.</param>
    /// <param name="offset">Octets to leave out at its beginning.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative or beyond the end of the file.</exception>
    public static MessageContent FromFile(IFileSystem files, string path, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(files);
        var length = files.FileInfo.New(path).Length;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length);
        return new FileContent(files, path, offset, length - offset, owned: false);
    }

    /// <summary>
    /// A message as MimeKit holds it, serialised here and now, with CRLF line ends: a <see cref="MimeMessage"/> must not be written by
    /// several threads, and may be changed freely once this returns. Memory is needed for the whole message; for large ones spool a stream.
    /// </summary>
    public static MessageContent FromMessage(MimeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var octets = new MemoryStream();
        message.WriteTo(WireFormat, octets);
        return new OctetContent(octets.GetBuffer().AsMemory(0, (int)octets.Length));
    }

    /// <summary>
    /// Copies a stream of unknown length to a file of its own in the real file system, which goes away when the content is disposed.
    /// </summary>
    /// <param name="path">A name that is not in use yet.</param>
    /// <param name="source">Read to its end, not disposed.</param>
    /// <param name="cancellationToken">Cancels the copy; nothing is left behind.</param>
    /// <exception cref="IOException">The name is in use, or the disk is full.</exception>
    public static Task<MessageContent> SpoolAsync(string path, Stream source, CancellationToken cancellationToken) =>
        SpoolAsync(PlatformFiles.Real, path, source, cancellationToken);

    /// <inheritdoc cref="SpoolAsync(string, Stream, CancellationToken)"/>
    public static Task<MessageContent> SpoolAsync(string path, Stream source) => SpoolAsync(path, source, CancellationToken.None);

    /// <summary>Copies a stream of unknown length to a file of its own, which goes away when the content is disposed.</summary>
    /// <param name="files">Where to spool.</param>
    /// <param name="path">A name that is not in use yet.</param>
    /// <param name="source">Read to its end, not disposed.</param>
    /// <param name="cancellationToken">Cancels the copy; nothing is left behind.</param>
    /// <exception cref="IOException">The name is in use, or the disk is full.</exception>
    public static async Task<MessageContent> SpoolAsync(
        IFileSystem files, string path, Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(source);
        var spool = PlatformFiles.For(files).Create(path);
        try
        {
            using (spool)
                await source.CopyToAsync(spool.Stream, cancellationToken).ConfigureAwait(false);
            return new FileContent(files, path, offset: 0, files.FileInfo.New(path).Length, owned: true);
        }
        catch
        {
            files.File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the content owns.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private static FormatOptions CreateWireFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }

    private sealed class OctetContent(ReadOnlyMemory<byte> octets, Cleanness cleanness = Cleanness.Unknown) : MessageContent
    {
        internal override Cleanness Cleanness => cleanness;

        public override long Length => octets.Length;

        internal override bool TryGetOctets(out ReadOnlyMemory<byte> whole)
        {
            whole = octets;
            return true;
        }

        public override Stream OpenRead() =>
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(octets, out var segment)
                ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
                : new MemoryStream(octets.ToArray(), writable: false);
    }

    private sealed class FileContent(IFileSystem files, string path, long offset, long length, bool owned) : MessageContent
    {
        public override long Length => length;

        public override Stream OpenRead()
        {
            // The owner may hold or rename the file meanwhile; nobody may write it.
            var stream = files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            stream.Position = offset;
            return stream;
        }

        protected override void Dispose(bool disposing)
        {
            if (owned)
                files.File.Delete(path);
            base.Dispose(disposing);
        }
    }
}
