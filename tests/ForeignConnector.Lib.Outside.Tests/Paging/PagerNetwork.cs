using System.Collections.Concurrent;

namespace Outside.Paging;

/// <summary>The system behind the connector: takes a text once, by its key.</summary>
internal sealed class PagerNetwork
{
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);

    public bool IsDown { get; set; }

    public IReadOnlyList<string> Texts => [.. _texts.OrderBy(text => text.Key, StringComparer.Ordinal).Select(text => text.Value)];

    public bool TrySend(string key, string text)
    {
        if (IsDown)
            return false;
        _texts.TryAdd(key, text);
        return true;
    }
}
