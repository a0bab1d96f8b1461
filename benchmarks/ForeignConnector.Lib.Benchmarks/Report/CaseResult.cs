using System.Globalization;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>What was measured for one benchmark with one set of parameters.</summary>
/// <param name="Type">The class.</param>
/// <param name="Method">The method; see nameof.</param>
/// <param name="Title">What tables call it.</param>
/// <param name="Parameters">Parameter names and values as text.</param>
/// <param name="Nanoseconds">The mean of one operation.</param>
/// <param name="Deviation">The standard deviation of that mean's measurements, in nanoseconds.</param>
/// <param name="Allocated">Octets on the managed heap for one operation; null when that was not measured.</param>
internal sealed record CaseResult(
    string Type, string Method, string Title, IReadOnlyDictionary<string, string> Parameters, double Nanoseconds, double Deviation, long? Allocated)
{
    public double Number(string parameter) => double.Parse(Parameters[parameter], CultureInfo.InvariantCulture);

    public bool Is(string type, string method) => Type == type && Method == method;

    public bool Has(string parameter, object value) => Parameters.TryGetValue(parameter, out var text) && text == Convert.ToString(value, CultureInfo.InvariantCulture);
}
