using System.Numerics;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// Domains by a hash that grows from the last character to the first, so that one pass over a domain asks for each of its parents too: open
/// addressing with linear probing, at most half full, behind a filter of 16 bits a domain that stays in the processor's caches and answers
/// most of the questions whose answer is no.
/// </summary>
/// <remarks>
/// Why not a dictionary of the framework: it hashes every parent anew, and a frozen one hashes only a few characters, which a million
/// similar domains have in common. The benchmarks have the numbers.
/// </remarks>
internal sealed class DomainMap
{
    // Odd, with its bits in no pattern: 2 to the 64 divided by the golden ratio.
    private const ulong Factor = 0x9E37_79B9_7F4A_7C15;

    private static readonly DomainSpaces[] None = new DomainSpaces[1];

    private DomainSpaces[] _slots = new DomainSpaces[16];
    private ulong[] _filter = new ulong[2];
    private int _count;

    /// <summary>The domains in the map between others that are empty, in no order.</summary>
    public Span<DomainSpaces> Slots => _slots;

    /// <summary>The hash of a text from the hash of all but its first character; 0 is the hash of no characters.</summary>
    public static ulong Hash(char first, ulong rest) => BitOperations.RotateLeft(rest, 5) + (first * Factor);

    /// <summary>The spaces of a domain; empty when it is not in the map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly DomainSpaces Find(ReadOnlySpan<char> domain, ulong hash)
    {
        hash = Spread(hash);
        return ref IsFiltered(hash) ? ref None[0] : ref SlotOf(_slots, domain, hash);
    }

    /// <summary>The spaces of the domain of a space. Valid until the next call.</summary>
    public ref DomainSpaces GetOrAdd(string space)
    {
        if (_count * 2 >= _slots.Length)
            Grow();
        var domain = SmtpSpace.DomainOf(space);
        var hash = Spread(HashOf(domain));
        ref var slot = ref SlotOf(_slots, domain, hash);
        if (slot.Space is null)
        {
            slot = new DomainSpaces(space, hash);
            AddToFilter(hash);
            _count++;
        }
        return ref slot;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new DomainSpaces[old.Length * 2];
        _filter = new ulong[_slots.Length * 8 / 64];
        foreach (var slot in old)
        {
            if (slot.Space is null)
                continue;
            SlotOf(_slots, slot.Domain, slot.Hash) = slot;
            AddToFilter(slot.Hash);
        }
    }

    private static ulong HashOf(ReadOnlySpan<char> domain)
    {
        var hash = 0UL;
        for (var i = domain.Length - 1; i >= 0; i--)
            hash = Hash(domain[i], hash);
        return hash;
    }

    /// <summary>Lets every bit of the hash act on the low half, which places the domain, and on the high half, which filters it.</summary>
    private static ulong Spread(ulong hash)
    {
        var product = hash * Factor;
        return product ^ (product >> 32);
    }

    private bool IsFiltered(ulong hash) => (_filter[FilterIndex(hash)] & FilterBit(hash)) == 0;

    private void AddToFilter(ulong hash) => _filter[FilterIndex(hash)] |= FilterBit(hash);

    private int FilterIndex(ulong hash) => (int)(hash >> 38) & (_filter.Length - 1);

    private static ulong FilterBit(ulong hash) => 1UL << (int)(hash >> 32);

    /// <summary>Where the domain is, or the empty slot where it would be.</summary>
    private static ref DomainSpaces SlotOf(DomainSpaces[] slots, ReadOnlySpan<char> domain, ulong hash)
    {
        for (var i = (int)hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[i];
            if (slot.Space is null || (slot.Hash == hash && domain.SequenceEqual(slot.Domain)))
                return ref slot;
        }
    }
}

/// <summary>The entries of the spaces <c>domain</c> and <c>*.domain</c>; the default value has none.</summary>
/// <param name="space">One of the two spaces.</param>
/// <param name="hash">The domain's hash.</param>
internal struct DomainSpaces(string space, ulong hash)
{
    public SpaceEntry? Exact;

    public SpaceEntry? Wildcard;

    public readonly string? Space => space;

    public readonly ulong Hash => hash;

    /// <summary>The domain. A slice of the space, so that a million wildcards need no second text.</summary>
    public readonly ReadOnlySpan<char> Domain => SmtpSpace.DomainOf(space);
}
