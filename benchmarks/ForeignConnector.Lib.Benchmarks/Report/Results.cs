namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Questions to the results of one run. Null is the answer when a part of it was not run.</summary>
internal sealed class Results(IReadOnlyList<CaseResult> cases)
{
    /// <summary>Nanoseconds of the operation.</summary>
    public double? Time(Type type, string method, params (string Name, object Value)[] parameters) => Find(type, method, parameters)?.Nanoseconds;

    /// <summary>How many times as fast one method is as another.</summary>
    public double? Speed(Type type, string method, string beside, params (string Name, object Value)[] parameters) =>
        Time(type, beside, parameters) / Time(type, method, parameters);

    /// <summary>Octets that one operation allocates.</summary>
    public double? Allocated(Type type, string method, params (string Name, object Value)[] parameters) => Find(type, method, parameters)?.Allocated;

    /// <summary>The worst, over all parameters, of the time of one method as a multiple of another's.</summary>
    public double? WorstRatio(Type type, string method, string beside) =>
        cases.Where(c => c.Is(type.Name, method))
            .Select(c => c.Nanoseconds / cases.FirstOrDefault(b => b.Is(type.Name, beside) && b.Parameters.SequenceEqual(c.Parameters))?.Nanoseconds)
            .Max();

    /// <summary>The most octets that one operation allocates, over all parameters.</summary>
    public double? MostAllocated(Type type, string method) => cases.Where(c => c.Is(type.Name, method)).Max(c => c.Allocated);

    private CaseResult? Find(Type type, string method, (string Name, object Value)[] parameters) =>
        cases.FirstOrDefault(c => c.Is(type.Name, method) && parameters.All(p => c.Has(p.Name, p.Value)));
}
