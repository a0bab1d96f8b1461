using System.Text;

namespace ForeignConnector.Lib.Shared;

/// <summary>A message tracking log file as a script of an administrator reads it: lines with <c>#</c> are remarks, <c>#Fields</c> names the columns.</summary>
public sealed class TrackingLogText
{
    private TrackingLogText(IReadOnlyList<string> remarks, IReadOnlyList<IReadOnlyDictionary<string, string>> events)
    {
        Remarks = remarks;
        Events = events;
    }

    /// <summary>The lines with <c>#</c>.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>The events, each with all its columns by name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Events { get; }

    /// <summary>Reads a file. A line that a crash cut off is skipped when a remark follows it.</summary>
    public static TrackingLogText Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (remarks, events, csv) = (new List<string>(), new List<IReadOnlyDictionary<string, string>>(), new StringBuilder());
        foreach (var line in text.Split("\r\n").SkipLast(1))
        {
            if (line.StartsWith('#'))
                remarks.Add(line);
            else
                csv.Append(line).Append("\r\n");
        }
        var names = remarks.Last(line => line.StartsWith("#Fields: ", StringComparison.Ordinal))["#Fields: ".Length..].Split(',');
        foreach (var fields in CsvReader.Read(csv.ToString()))
        {
            if (fields.Length != names.Length)
                throw new FormatException($"{fields.Length} fields instead of {names.Length}: {string.Join('|', fields)}");
            events.Add(names.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
        }
        return new TrackingLogText(remarks, events);
    }
}
