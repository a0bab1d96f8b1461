using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Queueing;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>A row of the table of entries, as it was read.</summary>
internal sealed class EntryRow
{
    private EntryRow(EntrySnapshot snapshot) => Snapshot = snapshot;

    public EntrySnapshot Snapshot { get; }

    public long Content { get; private init; }

    public long Due { get; private init; }

    public long AgedFrom { get; private init; }

    public long? TriedBy { get; private init; }

    public bool IsApart { get; private init; }

    public bool Waits { get; private init; }

    public long Lease { get; private init; }

    public bool IsReported { get; private init; }

    public static EntryRow Read(NpgsqlDataReader reader)
    {
        var (envelope, state) = (reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5));
        var length = reader.GetInt64(7);
        var read = ReadEnvelope(envelope);
        return new EntryRow(new EntrySnapshot
        {
            Id = reader.GetString(0),
            Connector = reader.GetString(1),
            Submission = ToSubmission(reader.GetGuid(2), reader.GetInt64(3)),
            Envelope = read,
            State = ReadState(state),
            ContentLength = length,
            StoredLength = length + envelope.Length,
            SetAside = reader.IsDBNull(8) ? null : (SetAsideKind)reader.GetInt16(8),
            Reason = reader.IsDBNull(9) ? null : reader.GetString(9),
        })
        {
            Content = reader.GetInt64(6),
            Due = reader.GetInt64(10),
            AgedFrom = reader.GetInt64(11),
            TriedBy = reader.IsDBNull(12) ? null : reader.GetInt64(12),
            IsApart = reader.GetBoolean(13),
            Waits = reader.GetBoolean(14),
            Lease = reader.GetInt64(Sql.LeaseColumn),
            IsReported = reader.GetBoolean(16),
        };
    }

    /// <summary>The name by which connectors compare.</summary>
    public static string Key(string connector) => connector.ToUpperInvariant();

    /// <summary>What is the same for the same recipients of the same connector (RT-5).</summary>
    public static long Mark(string connector, MailEnvelope envelope)
    {
        var recipients = envelope.Recipients.Select(recipient => recipient.ToString()).Order(StringComparer.Ordinal);
        var text = Key(connector) + "\n" + string.Join('\n', recipients);
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public static string IdOf(SubmissionId submission, long mark) =>
        string.Create(CultureInfo.InvariantCulture, $"{submission}-{mark:x16}");

    /// <summary>The envelope as the X-header block of a Drop file, which gives it back equal (EN-8).</summary>
    public static async ValueTask<byte[]> WriteAsync(MailEnvelope envelope, CancellationToken cancellationToken)
    {
        using var block = new MemoryStream();
        await DropFileWriter.WriteToAsync(envelope, MessageContent.FromOctets(default), block, cancellationToken).ConfigureAwait(false);
        return block.ToArray();
    }

    public static MailEnvelope? ReadEnvelope(byte[] block)
    {
        try
        {
            using var file = DropFile.FromOctets(block);
            return file.Envelope;
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    public static DeliveryState ReadState(byte[] json)
    {
        try
        {
            return DeliveryState.Read(json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("the state of an entry of the queue cannot be read", e);
        }
    }

    public static Guid ToGuid(UInt128 key)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, key);
        return new Guid(octets, bigEndian: true);
    }

    public static SubmissionId ToSubmission(Guid key, long accepted)
    {
        Span<byte> octets = stackalloc byte[16];
        key.TryWriteBytes(octets, bigEndian: true, out _);
        return new SubmissionId(new DateTimeOffset(accepted, TimeSpan.Zero), BinaryPrimitives.ReadUInt128BigEndian(octets));
    }
}
