using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Benchmarks.Drop;

/// <summary>A Drop directory in a folder of its own, the connector that writes to it, and what one would do without it.</summary>
internal sealed class DropTarget(string folder, Durability durability) : IDisposable
{
    private static readonly MailEnvelope Envelope =
        new("billing@contoso.com", [new EnvelopeRecipient("IMCEAFAX-+2B1+20425+20555+200100@contoso.com")]) { CreatedBy = "Benchmark" };

    private readonly DropDirectoryConnector _connector = new(
        new DropDirectoryOptions { Name = "Fax", DropDirectory = folder, Durability = durability },
        new FileSystem(),
        NullLogger<DropDirectoryConnector>.Instance);

    public string Folder => folder;

    /// <summary>What the connector writes for a message.</summary>
    public static byte[] FileOf(byte[] message)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        MessageFile.Write(Envelope, message, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Delivers one message; throws when it was not delivered.</summary>
    public async Task DeliverAsync(int number, MessageContent content)
    {
        var report = await _connector.DeliverAsync(new DeliveryRequest(number.ToString("D8", null), Envelope, content), CancellationToken.None);
        if (report.Outcomes[0].Action != RecipientAction.Delivered)
            throw new InvalidOperationException(report.Outcomes[0].Text);
    }

    /// <summary>Creates, writes and renames a file as an application would, without any flush.</summary>
    public void WriteRaw(int number, byte[] file)
    {
        var (temporary, path) = Names(number);
        using (var stream = Create(temporary))
            stream.Write(file);
        File.Move(temporary, path);
    }

    /// <summary>A stream to a new file without a buffer of its own.</summary>
    public static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    public (string Temporary, string Path) Names(int number)
    {
        var path = Path.Combine(folder, $"{number:D8}.eml");
        return (path + ".tmp", path);
    }

    /// <summary>Empties the folder.</summary>
    public void Clear()
    {
        foreach (var path in Directory.EnumerateFiles(folder))
            File.Delete(path);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
