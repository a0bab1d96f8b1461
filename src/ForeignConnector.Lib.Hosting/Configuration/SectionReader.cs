using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>
/// Reads one section by a table of keys. A value that cannot be read is noted with its key and the next one is read, so that every mistake
/// is told at once; no reflection, so it survives trimming.
/// </summary>
/// <remarks>
/// To list a section, a provider looks at every key it has, of all connectors. So a section is listed once, and nothing is asked about a
/// key that is not there.
/// </remarks>
internal sealed class SectionReader(IConfigurationSection section, string path, IList<string> errors)
{
    private readonly List<IConfigurationSection> _children = [.. section.GetChildren()];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads values and lists into settings; sections of the table are noted as known.</summary>
    public void Read(IEnumerable<ConfigurationKey> keys, object settings)
    {
        foreach (var key in keys)
        {
            var child = Find(key.Name);
            if (child is not null && key.Form == ConfigurationKeyForm.Value)
                ReadValue(key, child, settings);
            else if (child is not null && key.Form == ConfigurationKeyForm.List)
                ReadList(key, child, settings);
            else if (child is not null && key.Form == ConfigurationKeyForm.Map)
                ReadMap(key, child, settings);
        }
    }

    /// <summary>The section below a key; null when it is not there.</summary>
    public IConfigurationSection? Find(string key)
    {
        _known.Add(key);
        return _children.Find(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The sections below a key.</summary>
    public IEnumerable<IConfigurationSection> Children(string key) => Find(key)?.GetChildren() ?? [];

    /// <summary>True when a key that was asked for is there.</summary>
    public bool HasKnownKeys => _children.Any(child => _known.Contains(child.Key));

    /// <summary>
    /// Names of sections like this one that a colon cut in two: sections below it that hold the keys that were asked for.
    /// </summary>
    public IEnumerable<string> SplitNames() =>
        _children.Where(child => !_known.Contains(child.Key)).SelectMany(child => SplitNames(child, section.Key));

    /// <summary>Adds the keys of what was not asked for.</summary>
    public void Unknown(IList<string> keys)
    {
        foreach (var child in _children.Where(child => !_known.Contains(child.Key)))
            keys.Add($"{path}:{child.Key}");
    }

    private IEnumerable<string> SplitNames(IConfigurationSection inner, string name)
    {
        name = $"{name}:{inner.Key}";
        var children = inner.GetChildren().ToList();
        return children.Exists(child => _known.Contains(child.Key)) ? [name] : children.SelectMany(child => SplitNames(child, name));
    }

    private void ReadValue(ConfigurationKey key, IConfigurationSection child, object settings)
    {
        if (child.Value is { } text)
        {
            if (!key.TrySet(settings, text.Trim()))
                errors.Add($"{path}:{key.Name}: '{text}' is not {key.Kind}");
        }
        else if (child.GetChildren().Any())
        {
            errors.Add($"{path}:{key.Name}: must be {key.Kind}");
        }
    }

    private void ReadMap(ConfigurationKey key, IConfigurationSection map, object settings)
    {
        if (!string.IsNullOrEmpty(map.Value))
            errors.Add($"{path}:{key.Name}: must be names with values");
        var values = new List<KeyValuePair<string, string>>();
        foreach (var child in map.GetChildren())
        {
            if (child.Value is { } value)
                values.Add(new(child.Key, value));
            else if (child.GetChildren().Any())
                errors.Add($"{path}:{key.Name}:{child.Key}: must be {key.Kind}");
        }
        key.SetMap(settings, values);
    }

    private void ReadList(ConfigurationKey key, IConfigurationSection list, object settings)
    {
        var (text, children) = (list.Value, list.GetChildren().ToList());
        if (text is null && children.Count == 0)
            return;
        var texts = new List<string>();
        if (text is { Length: > 0 } single)
            texts.Add(single);
        foreach (var child in children)
        {
            if (child.Value is { } value)
                texts.Add(value);
            else
                errors.Add($"{path}:{key.Name}:{child.Key}: must be {key.Kind}");
        }
        key.SetList(settings, texts);
    }
}
