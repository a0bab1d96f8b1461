namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>Makes an input of one that is there. The same random numbers give the same input.</summary>
internal sealed class Mutator(Random random)
{
    /// <summary>No input is larger: what takes long for so few octets takes long for no reason.</summary>
    public const int MaxLength = 64 << 10;

    private const int MaxSteps = 8;
    private const int MaxPiece = 64;

    private static readonly byte[] Interesting = [0, 1, 8, 9, 10, 13, 27, 32, 34, 39, 40, 41, 44, 46, 58, 59, 60, 62, 64, 92, 127, 128, 0xA0, 0xC3, 0xE2, 0xEF, 0xF0, 0xFF];

    private readonly List<byte> _work = [];

    /// <summary>A changed copy.</summary>
    /// <param name="input">What is changed.</param>
    /// <param name="others">Where pieces of other inputs come from.</param>
    public byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others)
    {
        _work.Clear();
        _work.AddRange(input);
        for (var steps = 1 + random.Next(MaxSteps); steps > 0; steps--)
            Step(others[random.Next(others.Count)]);
        if (_work.Count > MaxLength)
            _work.RemoveRange(MaxLength, _work.Count - MaxLength);
        return [.. _work];
    }

    private void Step(byte[] other)
    {
        switch (random.Next(100))
        {
            case < 12:
                Change(octet => (byte)(octet ^ (1 << random.Next(8))));
                break;
            case < 24:
                Change(_ => Interesting[random.Next(Interesting.Length)]);
                break;
            case < 30:
                Change(_ => (byte)random.Next(256));
                break;
            case < 42:
                Remove();
                break;
            case < 68:
                Insert(Tokens.All[random.Next(Tokens.All.Length)]);
                break;
            case < 80:
                Insert(PieceOf(_work.ToArray()));
                break;
            case < 92:
                Insert(PieceOf(other));
                break;
            case < 97:
                SwapLines();
                break;
            case < 99:
                Repeat();
                break;
            default:
                Cut();
                break;
        }
    }

    private void Change(Func<byte, byte> change)
    {
        if (_work.Count == 0)
            return;
        var at = random.Next(_work.Count);
        _work[at] = change(_work[at]);
    }

    private void Remove()
    {
        if (_work.Count == 0)
            return;
        var at = random.Next(_work.Count);
        _work.RemoveRange(at, random.Next(Math.Min(_work.Count - at, MaxPiece) + 1));
    }

    // Often in the place of something, which keeps the rest in step.
    private void Insert(ReadOnlySpan<byte> piece)
    {
        if (_work.Count + piece.Length > MaxLength)
            return;
        var at = random.Next(_work.Count + 1);
        if (random.Next(3) == 0)
            _work.RemoveRange(at, Math.Min(piece.Length, _work.Count - at));
        _work.InsertRange(at, piece);
    }

    private ReadOnlySpan<byte> PieceOf(byte[] input)
    {
        if (input.Length == 0)
            return [];
        var at = random.Next(input.Length);
        return input.AsSpan(at, random.Next(Math.Min(input.Length - at, 4 * MaxPiece) + 1));
    }

    private void SwapLines()
    {
        var lines = Lines();
        if (lines.Count < 2)
            return;
        var (first, second) = (random.Next(lines.Count), random.Next(lines.Count));
        (lines[first], lines[second]) = (lines[second], lines[first]);
        _work.Clear();
        foreach (var line in lines)
            _work.AddRange(line);
    }

    private List<byte[]> Lines()
    {
        var lines = new List<byte[]>();
        var rest = _work.ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n') is >= 0 and var lf ? lf + 1 : rest.Length;
            lines.Add(rest[..end].ToArray());
            rest = rest[end..];
        }
        return lines;
    }

    // What costs too much when there is much of it.
    private void Repeat()
    {
        ReadOnlySpan<byte> piece = PieceOf(_work.ToArray());
        if (piece.IsEmpty || _work.Count >= MaxLength)
            return;
        piece = piece[..Math.Min(piece.Length, 1 + random.Next(MaxPiece))];
        var room = random.Next(4) == 0 ? MaxLength - _work.Count : Math.Min(MaxLength - _work.Count, random.Next(4 << 10));
        var repeated = new List<byte>(room + piece.Length);
        while (repeated.Count < room)
            repeated.AddRange(piece);
        _work.InsertRange(random.Next(_work.Count + 1), repeated);
    }

    private void Cut()
    {
        var at = random.Next(_work.Count + 1);
        _work.RemoveRange(at, _work.Count - at);
    }
}
