using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>Collects what the parsers find in the octets of a file: where its parts begin, errors and warnings.</summary>
internal sealed class FileFindings
{
    private readonly List<ParseFinding> _errors = [];
    private readonly List<ParseFinding> _warnings = [];
    private readonly int _bodyOffset;

    /// <summary>Finds the header (PU-12).</summary>
    /// <param name="octets">The whole file.</param>
    public FileFindings(ReadOnlySpan<byte> octets)
    {
        if (HeaderScanner.IsUtf16(octets))
            Fail(new MailFormatException("PU-12", "the file is UTF-16 text; a message is ASCII or UTF-8", 0));
        Start = HeaderScanner.PreambleLength(octets);
        if (Start > 0)
            Warn("PU-12", $"{Start} octets in front of the header are passed over", 0);
        var scanner = new HeaderScanner(octets, Start);
        while (scanner.TryRead(out _))
        {
        }
        End = scanner.Position;
        _bodyOffset = End + scanner.BlankLineLength;
        if (scanner.BlankLineLength == 0)
            Warn("RP-6", "the file ends with its header: the message has an empty body", End);
    }

    /// <summary>The first field.</summary>
    public int Start { get; }

    /// <summary>First octet behind the last field.</summary>
    public int End { get; }

    public bool HasErrors => _errors.Count > 0;

    /// <summary>Runs one check; what it throws is an error of the file.</summary>
    /// <returns>The result; the default when it failed.</returns>
    public T? Check<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (MailFormatException e)
        {
            Fail(e);
            return default;
        }
    }

    public void Fail(MailFormatException e)
    {
        if (!_errors.Exists(error => error.Rule == e.Rule && error.Reason == e.Reason))
            _errors.Add(new ParseFinding(e.Rule, e.Reason, e.Position ?? Start));
    }

    public void Warn(string rule, string reason, long position) => _warnings.Add(new ParseFinding(rule, reason, position));

    /// <summary>Fields that intake adds (PU-9), and hints that it leaves out (EN-11).</summary>
    public void WarnOf(HeaderFacts facts, InjectedBlock? block)
    {
        if (!facts.HasMessageId)
            Warn("PU-9", "Message-ID is missing or empty: one is made", Start);
        if (!facts.HasDate)
            Warn("PU-9", "Date is missing or no date: the time of acceptance is used", Start);
        foreach (var (name, position) in block?.LeftOut ?? [])
            Warn("EN-11", $"{name} cannot be read and is left out", position);
    }

    /// <summary>The result; without an envelope when there are errors.</summary>
    public ParsedFile Complete(MailEnvelope? envelope, InjectedBlock? block, string? sender) => new()
    {
        Envelope = HasErrors ? null : envelope,
        Sender = sender,
        HeaderOffset = Start,
        MessageOffset = block?.End ?? Start,
        BodyOffset = _bodyOffset,
        EnvelopeFields = block is null ? [] : [.. block.Removed.Select(field => field.Start..field.End)],
        Errors = [.. _errors],
        Warnings = [.. _warnings.OrderBy(warning => warning.Position)],
    };
}
