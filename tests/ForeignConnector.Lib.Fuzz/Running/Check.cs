using System.Text;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>Says what must be true.</summary>
internal static class Check
{
    private const int MaxShown = 120;

    public static void That(bool condition, string rule)
    {
        if (!condition)
            throw new FuzzException(rule);
    }

    public static void Equal<T>(T expected, T actual, string rule)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new FuzzException($"{rule}\n  expected: {Show($"{expected}")}\n  actual:   {Show($"{actual}")}");
    }

    public static void Equal(byte[] expected, byte[] actual, string rule) => Equal(expected.AsSpan(), actual, rule);

    public static void Equal(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string rule)
    {
        var same = expected.CommonPrefixLength(actual);
        if (same == expected.Length && same == actual.Length)
            return;
        var from = Math.Max(0, same - (MaxShown / 4));
        throw new FuzzException($"{rule}, from octet {same}\n  expected: {Show(expected[from..])}\n  actual:   {Show(actual[from..])}");
    }

    /// <summary>The same values in the same order.</summary>
    public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual, string rule)
    {
        T[] wanted = [.. expected], found = [.. actual];
        if (!wanted.AsSpan().SequenceEqual(found))
            throw new FuzzException($"{rule}\n  expected: {Show(string.Join(" | ", wanted))}\n  actual:   {Show(string.Join(" | ", found))}");
    }

    public static string Show(ReadOnlySpan<byte> octets) => Show(Encoding.Latin1.GetString(octets[..Math.Min(octets.Length, MaxShown)]));

    private static string Show(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, 4 * MaxShown)))
            shown.Append(c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:X2}");
        return shown.ToString();
    }
}
