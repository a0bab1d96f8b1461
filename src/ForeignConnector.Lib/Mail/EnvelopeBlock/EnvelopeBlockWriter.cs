using System.Buffers;
using System.Collections.Immutable;
using System.Net;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Writes an envelope as the X-header block of a Drop or Replay file. Pure: an envelope in, octets out.</summary>
internal static class EnvelopeBlockWriter
{
    /// <summary>
    /// Writes the whole block in the order of EN, line ends CRLF, one line per field unless it is longer than 998 octets or an extension
    /// value is folded. Fields that say no more than their absence are left out (EN-9). What is written reads back equal (EN-8).
    /// </summary>
    public static void Write(MailEnvelope envelope, IBufferWriter<byte> output)
    {
        var block = new FieldBuffer();
        try
        {
            WriteSender(ref block, envelope);
            foreach (var recipient in envelope.Recipients)
                WriteRecipient(ref block, recipient);
            WriteOrigin(ref block, envelope);
            var length = block.Length;
            block.Append(InjectedName.End.Prefix());
            block.Append(length);
            block.EndField();
            output.Write(block.Written);
        }
        finally
        {
            block.Dispose();
        }
    }

    private static void WriteSender(ref FieldBuffer block, MailEnvelope envelope)
    {
        BeginAddress(ref block, InjectedName.Sender, envelope.Sender);
        if (envelope.Body != BodyType.Unspecified)
            WriteParameter(ref block, EnvelopeKeywords.Body, TextOf(EnvelopeKeywords.Bodies, envelope.Body));
        if (envelope.Return != DsnReturn.Unspecified)
            WriteParameter(ref block, EnvelopeKeywords.Ret, TextOf(EnvelopeKeywords.Returns, envelope.Return));
        if (envelope.EnvelopeId is { } id)
        {
            WriteParameter(ref block, EnvelopeKeywords.EnvId, "");
            block.AppendXtext(id);
        }
        if (envelope.Auth is { } auth)
            WriteParameter(ref block, EnvelopeKeywords.Auth, auth);
        EndAddress(ref block, envelope.ExtensionParameters);
    }

    private static void WriteRecipient(ref FieldBuffer block, EnvelopeRecipient recipient)
    {
        BeginAddress(ref block, InjectedName.Receiver, recipient.Address);
        if (recipient.Notify != DsnNotify.Unspecified)
            WriteNotify(ref block, recipient.Notify);
        if (recipient.OriginalRecipient is { } original)
        {
            WriteParameter(ref block, EnvelopeKeywords.Orcpt, original.Type);
            block.Append(";"u8);
            block.AppendXtext(original.Address);
        }
        EndAddress(ref block, recipient.ExtensionParameters);
    }

    private static void WriteNotify(ref FieldBuffer block, DsnNotify notify)
    {
        WriteParameter(ref block, EnvelopeKeywords.Notify, "");
        var separator = "";
        foreach (var (text, value) in EnvelopeKeywords.Notifies)
        {
            if (!notify.HasFlag(value))
                continue;
            block.Append(separator);
            block.Append(text);
            separator = ",";
        }
    }

    private static void WriteOrigin(ref FieldBuffer block, MailEnvelope envelope)
    {
        WriteField(ref block, InjectedName.CreatedBy, envelope.CreatedBy);
        if (envelope.HeloDomain is { } domain)
            WriteField(ref block, InjectedName.HeloDomain, domain);
        if (envelope.ExtendedProps is { } props)
            WriteField(ref block, InjectedName.ExtendedProps, props, foldAlways: true);
        if (envelope.ExtendedMessageProps is { } messageProps)
            WriteField(ref block, InjectedName.ExtendedMessageProps, messageProps, foldAlways: true);
        if (envelope.Source != MailEnvelope.ReplaySource)
            WriteField(ref block, InjectedName.Source, envelope.Source);
        if (!envelope.SourceIPAddress.Equals(IPAddress.Any))
            WriteField(ref block, InjectedName.SourceIPAddress, envelope.SourceIPAddress.ToString());
    }

    private static void WriteField(ref FieldBuffer block, InjectedName name, string value, bool foldAlways = false)
    {
        block.Append(name.Prefix());
        block.AppendFolded(value, foldAlways);
        block.EndField();
    }

    private static void BeginAddress(ref FieldBuffer block, InjectedName name, string address)
    {
        block.Append(name.Prefix());
        block.Append("<"u8);
        block.Append(address);
        block.Append(">"u8);
    }

    private static void WriteParameter(ref FieldBuffer block, string keyword, string? value)
    {
        block.AppendBlank();
        block.Append(keyword);
        if (value is null)
            return;
        block.Append("="u8);
        block.AppendFolded(value, always: true);
    }

    private static void EndAddress(ref FieldBuffer block, ImmutableArray<EnvelopeParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.AfterSemicolon)
                block.Append(";"u8);
            WriteParameter(ref block, parameter.Keyword, parameter.Value);
        }
        block.EndField();
    }

    private static string TextOf<T>((string Text, T Value)[] table, T value)
        where T : struct, Enum
    {
        foreach (var (text, candidate) in table)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return text;
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, message: null);
    }
}
