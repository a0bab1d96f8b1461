using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// A number of octets, or no limit. Text forms: <c>10MB</c>, <c>64 KB</c>, <c>1048576</c>, <c>unlimited</c>; units B, KB, MB, GB, TB, where
/// 1 KB = 1024 B; case does not matter (DR-6).
/// </summary>
public readonly record struct ByteSize : IComparable<ByteSize>, IParsable<ByteSize>
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    private readonly long _octets;
    private readonly bool _unlimited;

    private ByteSize(long octets, bool unlimited)
    {
        _octets = octets;
        _unlimited = unlimited;
    }

    /// <summary>No limit. Larger than every number.</summary>
    public static ByteSize Unlimited { get; } = new(long.MaxValue, unlimited: true);

    /// <summary>The number of octets; <see cref="long.MaxValue"/> when unlimited.</summary>
    public long Octets => _octets;

    /// <summary>True when there is no limit.</summary>
    public bool IsUnlimited => _unlimited;

    /// <summary>A size of <paramref name="octets"/> octets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static ByteSize FromOctets(long octets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octets);
        return new ByteSize(octets, unlimited: false);
    }

    /// <summary>A size of <paramref name="kilobytes"/> times 1024 octets.</summary>
    public static ByteSize FromKilobytes(long kilobytes) => FromOctets(checked(kilobytes * 1024));

    /// <summary>A size of <paramref name="megabytes"/> times 1024 times 1024 octets.</summary>
    public static ByteSize FromMegabytes(long megabytes) => FromOctets(checked(megabytes * 1024 * 1024));

    /// <summary>Reads a size; the culture does not matter.</summary>
    /// <exception cref="FormatException">The text is not a size.</exception>
    public static ByteSize Parse(string s) =>
        TryParse(s, out var size)
            ? size
            : throw new FormatException(
                $"'{s}' is not a size: write a whole number with B, KB, MB, GB or TB, such as 10MB, or 'unlimited'");

    static ByteSize IParsable<ByteSize>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<ByteSize>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ByteSize result) =>
        TryParse(s, out result);

    /// <summary>Reads a size; the culture does not matter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ByteSize result)
    {
        result = default;
        var text = s.AsSpan().Trim();
        if (text.Equals("unlimited", StringComparison.OrdinalIgnoreCase))
        {
            result = Unlimited;
            return true;
        }
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var unit = digits < 0 ? "B" : text[digits..].TrimStart();
        var number = digits < 0 ? text : text[..digits];
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        for (var i = 0; i < Units.Length; i++)
        {
            if (!unit.Equals(Units[i], StringComparison.OrdinalIgnoreCase))
                continue;
            if (count > long.MaxValue >> (10 * i))
                return false;
            result = FromOctets(count << (10 * i));
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public int CompareTo(ByteSize other) => _unlimited != other._unlimited ? (_unlimited ? 1 : -1) : _octets.CompareTo(other._octets);

    /// <summary>True when <paramref name="left"/> is smaller.</summary>
    public static bool operator <(ByteSize left, ByteSize right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> is larger.</summary>
    public static bool operator >(ByteSize left, ByteSize right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> is smaller or equal.</summary>
    public static bool operator <=(ByteSize left, ByteSize right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> is larger or equal.</summary>
    public static bool operator >=(ByteSize left, ByteSize right) => left.CompareTo(right) >= 0;

    /// <summary>The shortest text that <see cref="Parse(string)"/> reads back to the same size.</summary>
    public override string ToString()
    {
        if (_unlimited)
            return "unlimited";
        var unit = 0;
        var count = _octets;
        while (count != 0 && count % 1024 == 0 && unit < Units.Length - 1)
        {
            count /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{count}{Units[unit]}");
    }
}
