using System.Globalization;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>
/// What the file system says of a file. Two files can share all of it: facts only confirm what is known of a file from elsewhere, for
/// example from a claim that was written down (SE-2).
/// </summary>
/// <param name="Inode">The file's number; 0 where numbers cannot be had, or follow the name.</param>
/// <param name="Created">When it was created, in units of the file system; 0 when that is not kept.</param>
/// <param name="Modified">When its octets were written last, in units of the file system.</param>
/// <param name="Changed">When its octets, names or rights changed last, in units of the file system; 0 when that is not kept. A claim
/// changes it.</param>
/// <param name="Length">Octets in it.</param>
public readonly record struct FileFacts(ulong Inode, long Created, long Modified, long Changed, long Length)
{
    private const char Separator = '.';

    /// <summary>True when nothing speaks against <paramref name="other"/> being the same file with the same octets.</summary>
    internal bool Confirms(FileFacts other) =>
        (Inode == other.Inode || Inode == 0 || other.Inode == 0) && HasSameOctets(other) && Created == other.Created;

    /// <summary>
    /// True when it is the same file, and nobody has written to it, renamed it or given it another name meanwhile; false where that cannot
    /// be told. No two files can share all of this: neither of the last two times can be set.
    /// </summary>
    internal bool IsUntouched(FileFacts other) => IsSameFile(other) && HasSameOctets(other) && Changed != 0 && Changed == other.Changed;

    /// <summary>True when it is the same file although its writer went on writing; false where that cannot be told.</summary>
    internal bool IsSameFile(FileFacts other) => Inode != 0 && Created != 0 && Inode == other.Inode && Created == other.Created;

    /// <summary>True when the file was not written to between the two.</summary>
    internal bool HasSameOctets(FileFacts other) => Modified == other.Modified && Length == other.Length;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Inode:x}.{Created:x}.{Modified:x}.{Changed:x}.{Length:x}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out FileFacts facts)
    {
        facts = default;
        Span<Range> parts = stackalloc Range[6];
        if (text.Split(parts, Separator) != 5)
            return false;
        if (!ulong.TryParse(text[parts[0]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var inode)
            || !long.TryParse(text[parts[1]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var created)
            || !long.TryParse(text[parts[2]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var modified)
            || !long.TryParse(text[parts[3]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var changed)
            || !long.TryParse(text[parts[4]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
            return false;
        facts = new FileFacts(inode, created, modified, changed, length);
        return true;
    }
}
