using System.Text.Json;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Reads what BenchmarkDotNet exported as JSON.</summary>
internal sealed class ResultFiles(string folder)
{
    public IReadOnlyList<CaseResult> Cases() =>
        [.. Documents().SelectMany(d => d.GetProperty("Benchmarks").EnumerateArray()).Where(HasStatistics).Select(ReadCase)];

    /// <summary>A property of the machine as BenchmarkDotNet names it, such as <c>ProcessorName</c>.</summary>
    public string Host(string property) => Documents().First().GetProperty("HostEnvironmentInfo").GetProperty(property).ToString();

    /// <summary>The day of the run.</summary>
    public DateOnly Day() => DateOnly.FromDateTime(JsonFiles().Max(File.GetLastWriteTimeUtc));

    private string[] JsonFiles() => Directory.Exists(folder) ? Directory.GetFiles(folder, "*-report-brief.json") : [];

    private IEnumerable<JsonElement> Documents() => JsonFiles().Order(StringComparer.Ordinal).Select(Read);

    private static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    private static bool HasStatistics(JsonElement benchmark) => benchmark.GetProperty("Statistics").ValueKind == JsonValueKind.Object;

    private static CaseResult ReadCase(JsonElement benchmark) => new(
        Text(benchmark, "Type"),
        Text(benchmark, "Method"),
        Text(benchmark, "MethodTitle").Trim('\''),
        Parameters(Text(benchmark, "Parameters")),
        benchmark.GetProperty("Statistics").GetProperty("Mean").GetDouble(),
        Deviation(benchmark.GetProperty("Statistics")),
        benchmark.TryGetProperty("Memory", out var memory) && memory.ValueKind == JsonValueKind.Object
            ? memory.GetProperty("BytesAllocatedPerOperation").GetInt64()
            : null);

    // A single measurement has none.
    private static double Deviation(JsonElement statistics) =>
        statistics.GetProperty("StandardDeviation") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : 0;

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";

    // Spaces=10&Domain=Exact
    private static Dictionary<string, string> Parameters(string text) =>
        text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .ToDictionary(p => p[0], p => p.Length > 1 ? p[1] : "");
}
