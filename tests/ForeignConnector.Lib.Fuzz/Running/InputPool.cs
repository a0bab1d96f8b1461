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

    /// <summary>A pool.</summary>
    /// <param name="corpus">The folder of the corpus.</param>
    /// <param name="saved">A folder with what earlier runs left; null for none.</param>
    /// <param name="random">Chooses.</param>
    public InputPool(string corpus, string? saved, Random random)
    {
        _random = random;
        var folder = Path.Combine(AppContext.BaseDirectory, "Corpus", corpus);
        _inputs = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), []];
        _corpus = _inputs.Count;
        if (Directory.Exists(saved))
            _inputs.AddRange(Directory.EnumerateFiles(saved).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Take(MaxInputs - _corpus));
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

    /// <summary>Leaves what is beyond the corpus for later runs.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var i = _corpus; i < _inputs.Count; i++)
            File.WriteAllBytes(Path.Combine(folder, $"{i:d5}"), _inputs[i]);
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
