using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using Spectre.Console;

namespace TransportHost;

/// <summary>Answers which connector takes an address, and why (RT-6).</summary>
internal sealed class Explanations : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly TransportSnapshot _configuration;
    private readonly bool _isJson;
    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _lines = new(BufferSize);
    private readonly Utf8JsonWriter _json;

    public Explanations(TransportSnapshot configuration, bool json, TextWriter output)
    {
        _configuration = configuration;
        _isJson = json;
        _output = output;
        _json = new Utf8JsonWriter(_lines, new JsonWriterOptions { SkipValidation = true });
    }

    /// <summary>Answers one question.</summary>
    public void Answer(string address, long size)
    {
        RouteExplanation explanation;
        try
        {
            explanation = _configuration.Selector.Select(Read(address), size).Explain();
        }
        catch (MailFormatException e)
        {
            WriteMalformed(address, e);
            return;
        }
        if (_isJson)
            WriteJson(address, explanation);
        else
            WriteTable(address, explanation);
    }

    /// <summary>Answers each line of a text, an empty one too: an address, and after a tab the size in octets.</summary>
    public void AnswerAll(TextReader questions, long defaultSize)
    {
        while (questions.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var size = defaultSize;
            if (tab >= 0 && !long.TryParse(line.AsSpan(tab + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out size))
                WriteMalformed(
                    line[..tab], new MailFormatException("RT-1", "the size after the tab must be a whole number of octets", tab + 1));
            else
                Answer(tab < 0 ? line : line[..tab], size);
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    public void Flush()
    {
        _output.Write(Encoding.UTF8.GetString(_lines.WrittenSpan));
        _lines.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();

    private RoutingAddress Read(string address) =>
        RoutingAddress.Parse(address) is var parsed && parsed.IsSmtp ? _configuration.RoutingAddressOf(address) : parsed;

    private void WriteJson(string address, RouteExplanation explanation)
    {
        var decision = explanation.Decision;
        _json.WriteStartObject();
        _json.WriteString("recipient", address);
        _json.WriteString("outcome", decision.Outcome.ToString());
        _json.WriteString("connector", decision.Connector);
        _json.WriteString("space", decision.Space?.ToString());
        if (decision.Cost is { } cost)
            _json.WriteNumber("cost", cost);
        else
            _json.WriteNull("cost");
        _json.WriteString("status", decision.Status?.ToString());
        _json.WriteStartArray("candidates");
        foreach (var candidate in explanation.Candidates)
        {
            _json.WriteStartObject();
            _json.WriteString("connector", candidate.Connector);
            _json.WriteString("space", candidate.Space?.ToString());
            _json.WriteString("result", candidate.Result.ToString());
            _json.WriteString("reason", candidate.Reason);
            _json.WriteEndObject();
        }
        EndLine();
    }

    private void WriteMalformed(string address, MailFormatException e)
    {
        if (!_isJson)
        {
            AnsiConsole.MarkupLine($"[bold]{Markup(address)}[/]: Failed {EnhancedStatusCode.BadAddressSyntax}: {Markup(e.Message)}");
            return;
        }
        _json.WriteStartObject();
        _json.WriteString("recipient", address);
        _json.WriteString("outcome", RouteOutcome.Failed.ToString());
        _json.WriteNull("connector");
        _json.WriteNull("space");
        _json.WriteNull("cost");
        _json.WriteString("status", EnhancedStatusCode.BadAddressSyntax.ToString());
        _json.WriteString("reason", e.Message);
        _json.WriteStartArray("candidates");
        EndLine();
    }

    private void EndLine()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _lines.Write("\n"u8);
        if (_lines.WrittenCount >= BufferSize)
            Flush();
    }

    private static void WriteTable(string address, RouteExplanation explanation)
    {
        AnsiConsole.MarkupLine($"[bold]{Markup(address)}[/]: {Markup(explanation.Decision.ToString())}");
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("Connector", "Space", "Result", "Reason");
        foreach (var candidate in explanation.Candidates)
            table.AddRow(Markup(candidate.Connector),
                Markup(candidate.Space?.ToString() ?? ""), candidate.Result.ToString(), Markup(candidate.Reason));
        AnsiConsole.Write(table);
    }

    private static string Markup(string text) => TerminalText.Inert(text).EscapeMarkup();
}
