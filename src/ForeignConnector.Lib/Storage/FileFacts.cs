using System.Globalization;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// What the file system says of a file. Two files can share all of it: facts only confirm what is known of a file from elsewhere, for example from a claim that was
/// written down (SE-2).
/// </summary>
/// <param name="Inode">The file's number; 0 where numbers cannot be had, or follow the name.</param>
/// <param name="Created">When it was created, in units of the file system; 0 when that is not kept.</param>
/// <param name="Modified">When its octets were written last, in units of the file system.</param>
/// <param name="Length">Octets in it.</param>
internal readonly record struct FileFacts(ulong Inode, long Created, long Modified, long Length)
{
    private const char Separator = '.';

    /// <summary>The last change of octets, names or rights, in units of the file system; 0 when that is not kept. No part of the text form: a claim changes it.</summary>
    public long Changed { get; init; }

    /// <summary>True when nothing speaks against <paramref name="other"/> being the same file with the same octets.</summary>
    public bool Confirms(FileFacts other) =>
        (Inode == other.Inode || Inode == 0 || other.Inode == 0) && HasSameOctets(other) && Created == other.Created;

    /// <summary>True when it is the same file although its writer went on writing; false where that cannot be told.</summary>
    public bool IsSameFile(FileFacts other) => Inode != 0 && Created != 0 && Inode == other.Inode && Created == other.Created;

    /// <summary>True when the file was not written to between the two.</summary>
    public bool HasSameOctets(FileFacts other) => Modified == other.Modified && Length == other.Length;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inode:x}.{Created:x}.{Modified:x}.{Length:x}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out FileFacts facts)
    {
        facts = default;
        Span<Range> parts = stackalloc Range[5];
        if (text.Split(parts, Separator) != 4)
            return false;
        if (!ulong.TryParse(text[parts[0]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var inode)
            || !long.TryParse(text[parts[1]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var created)
            || !long.TryParse(text[parts[2]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var modified)
            || !long.TryParse(text[parts[3]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
            return false;
        facts = new FileFacts(inode, created, modified, length);
        return true;
    }
}
