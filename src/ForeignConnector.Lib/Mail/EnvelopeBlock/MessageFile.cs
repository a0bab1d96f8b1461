using System.Buffers;
using System.IO.Abstractions;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// The one file form of this library, in Drop directories and in the queue: the X-header block of the envelope, then the message (EN, DR-3,
/// DR-4).
/// </summary>
internal static class MessageFile
{
    /// <summary>The most octets that are written at once when they are in memory.</summary>
    public const int LargestAtHand = 128 << 10;

    private const int BlockSize = 256 << 10;
    private const int PageSize = 4 << 10;
    private const int ExpectedBlock = 1 << 10;

    /// <summary>
    /// Writes the file: the block, then the message as <see cref="CleanMessage"/> makes it (HF-4), which leaves one alone that was accepted
    /// through the transport. Memory does not depend on the size of the body.
    /// </summary>
    public static ValueTask WriteAsync(MailEnvelope envelope, MessageContent content, Stream output, CancellationToken cancellationToken) =>
        WriteAsync(envelope, content, HeaderFirewall.Drop, output, cancellationToken);

    /// <summary>The same with another set of fields that stay behind.</summary>
    public static ValueTask WriteAsync(
        MailEnvelope envelope, MessageContent content, HeaderFirewall firewall, Stream output, CancellationToken cancellationToken) =>
        IsAtHand(content, out var octets)
            ? WriteOctets(envelope, octets, content.Cleanness, firewall, output)
            : WriteStreamAsync(envelope, content, firewall, output, cancellationToken);

    /// <summary>True for a message that is in memory, and small:
    /// <see cref="WriteAsync(MailEnvelope, MessageContent, Stream, CancellationToken)"/> writes it at once.</summary>
    public static bool IsAtHand(MessageContent content) => IsAtHand(content, out _);

    /// <summary>The same for a message in memory; allocates nothing.</summary>
    public static void Write(MailEnvelope envelope, ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        EnvelopeBlockWriter.Write(envelope, output);
        CleanMessage.Copy(message, HeaderFirewall.Drop, LineEndsOf(envelope), output);
    }

    private static LineEnds LineEndsOf(MailEnvelope envelope) => new(envelope.Body != BodyType.BinaryMime);

    private static bool IsAtHand(MessageContent content, out ReadOnlyMemory<byte> octets) =>
        content.TryGetOctets(out octets) && octets.Length <= LargestAtHand;

    // Not asynchronous: a few pages go to the system's cache, and a FileStream's WriteAsync would hop to another thread for that.
    private static ValueTask WriteOctets(
        MailEnvelope envelope, ReadOnlyMemory<byte> message, Cleanness cleanness, HeaderFirewall firewall, Stream output)
    {
        using var buffer = new PooledBuffer(message.Length + ExpectedBlock);
        EnvelopeBlockWriter.Write(envelope, buffer);
        if (cleanness == Cleanness.All)
            buffer.Write(message.Span);
        else
            CleanMessage.Copy(message.Span, firewall, LineEndsOf(envelope), buffer);
        output.Write(buffer.WrittenMemory.Span);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask WriteStreamAsync(
        MailEnvelope envelope, MessageContent content, HeaderFirewall firewall, Stream output, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(BlockSize);
        EnvelopeBlockWriter.Write(envelope, buffer);
        var clean = await CleanMessage.OfAsync(content, envelope.Body, firewall, cancellationToken).ConfigureAwait(false);
        var source = clean.OpenRead();
        await using var _ = source.ConfigureAwait(false);
        await CopyAsync(source, buffer, output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the envelope of such a file, and where the message begins.</summary>
    /// <exception cref="MailFormatException">It is not such a file.</exception>
    public static async ValueTask<(MailEnvelope Envelope, int MessageOffset)> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        using var header = await HeaderBuffer.ReadAsync(file, HeaderBuffer.Ceiling, skipPreamble: false, cancellationToken)
            .ConfigureAwait(false);
        var block = EnvelopeBlockReader.ReadReplay(header.Octets[..header.End]);
        return (block.ToEnvelope(), block.End);
    }

    // Octets stay where they were read. A small message is one write; of a large one each write is whole pages, which the system takes
    // fastest.
    private static async ValueTask CopyAsync(Stream source, PooledBuffer buffer, Stream output, CancellationToken cancellationToken)
    {
        int read;
        do
        {
            if (buffer.Written >= BlockSize)
                await WriteFirstAsync(buffer.Written & -PageSize, buffer, output, cancellationToken).ConfigureAwait(false);
            var room = BlockSize - buffer.Written;
            read = await ReadAsync(source, buffer.GetMemory(room)[..room], cancellationToken).ConfigureAwait(false);
            buffer.Advance(read);
        }
        while (read > 0);
        await WriteFirstAsync(buffer.Written, buffer, output, cancellationToken).ConfigureAwait(false);
    }

    // A file answers at once; handing each block to another thread costs more than it frees. What an application's stream does is not
    // known.
    private static ValueTask<int> ReadAsync(Stream source, Memory<byte> block, CancellationToken cancellationToken)
    {
        if (source is not FileSystemStream)
            return source.ReadAsync(block, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(source.Read(block.Span));
    }

    private static async ValueTask WriteFirstAsync(int count, PooledBuffer buffer, Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(buffer.WrittenMemory[..count], cancellationToken).ConfigureAwait(false);
        buffer.RemoveFirst(count);
    }
}
