using System.Collections.Frozen;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>All patterns with so many characters before the first star and so many after the last.</summary>
internal sealed class PatternShape
{
    private const int StackLimit = 256;

    private readonly int _prefixLength;
    private readonly int _suffixLength;
    private readonly FrozenDictionary<string, TextPattern>.AlternateLookup<ReadOnlySpan<char>> _patterns;

    public PatternShape(int prefixLength, int suffixLength, IEnumerable<TextPattern> patterns)
    {
        _prefixLength = prefixLength;
        _suffixLength = suffixLength;
        var first = new Dictionary<string, TextPattern>(StringComparer.OrdinalIgnoreCase);
        foreach (var pattern in patterns)
        {
            var key = pattern.Key;
            pattern.Next = first.GetValueOrDefault(key);
            first[key] = pattern;
        }
        _patterns = first.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The first of the patterns that begin and end like the value; what stands between is for the caller to compare.</summary>
    public TextPattern? Find(ReadOnlySpan<char> value)
    {
        var length = _prefixLength + _suffixLength;
        if (value.Length < length)
            return null;
        if (_suffixLength == 0)
            return Get(value[.._prefixLength]);
        var key = length <= StackLimit ? stackalloc char[length] : new char[length];
        value[.._prefixLength].CopyTo(key);
        value[^_suffixLength..].CopyTo(key[_prefixLength..]);
        return Get(key);
    }

    private TextPattern? Get(ReadOnlySpan<char> key) => _patterns.TryGetValue(key, out var pattern) ? pattern : null;
}
