namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>The inputs that others are made of: the corpus, and what took a new way through the library. Bounded.</summary>
internal sealed class InputPool
{
    private const int MaxInputs = 4096;

    // What is made of large inputs is large, and takes the time of many small ones.
    private const int MaxLength = 4 << 10;

    private readonly List<byte[]> _inputs;
    private readonly int _corpus;
    private readonly Random _random;

    public InputPool(string corpus, Random random)
    {
        _random = random;
        var folder = Path.Combine(AppContext.BaseDirectory, "Corpus", corpus);
        _inputs = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), []];
        _corpus = _inputs.Count;
    }

    public IReadOnlyList<byte[]> Inputs => _inputs;

    /// <summary>Those of the corpus are never forgotten.</summary>
    public void Add(byte[] input)
    {
        if (input.Length > MaxLength)
            return;
        if (_inputs.Count < MaxInputs)
            _inputs.Add(input);
        else
            _inputs[_random.Next(_corpus, MaxInputs)] = input;
    }

    /// <summary>The shorter one of two: it costs less time, and takes as many ways.</summary>
    public byte[] Choose()
    {
        var (first, second) = (Draw(), Draw());
        return first.Length <= second.Length ? first : second;
    }

    // Half of the time one of those that came last: they are the least known.
    private byte[] Draw() =>
        _inputs[_random.Next(2) == 0 ? _random.Next(_inputs.Count) : _inputs.Count - 1 - _random.Next(Math.Min(_inputs.Count, 32))];
}
