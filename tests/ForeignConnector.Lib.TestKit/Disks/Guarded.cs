using System.Collections;
using System.IO.Abstractions;
using System.Reflection;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>Passes every call on to an object of the same interface, asking first. What comes back and touches the disk is guarded as
/// well.</summary>
#pragma warning disable CA1852 // A proxy derives from it.
internal class Guarded : DispatchProxy
#pragma warning restore CA1852
{
    // Answered from memory.
    private static readonly HashSet<string> Free = ["get_Name", "get_FullName", "get_FileSystem"];

    private object _inner = null!;
    private Faults _faults = null!;

    /// <summary>The same object, with faults.</summary>
    internal static T Of<T>(T inner, Faults faults)
        where T : class
    {
        var proxy = Create<T, Guarded>();
        ((Guarded)(object)proxy)._inner = inner;
        ((Guarded)(object)proxy)._faults = faults;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = targetMethod!.Name;
        if (!Free.Contains(name)
            && _faults.Next($"{targetMethod.DeclaringType!.Name}.{name}", args is [string path, ..] ? path : "") is { } fault)
        {
            // Some calls of .NET cannot fail: what cannot be looked at is not there, and what is not there is deleted.
            if (targetMethod.ReturnType == typeof(bool) && name.EndsWith("Exists", StringComparison.Ordinal))
                return false;
            if (name != "Delete" || fault is not FileNotFoundException)
                throw fault;
        }
        return Guard(targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null));
    }

    private object? Guard(object? result) => result switch
    {
        FileSystemStream stream => new GuardedStream(stream, stream.Name, _faults),
        IFileInfo file => Of(file, _faults),
        IDirectoryInfo directory => Of(directory, _faults),
        IEnumerable<IFileInfo> files => Guard(files).Select(file => Of(file, _faults)),
        IEnumerable<string> names => Guard(names),
        IEnumerable and not (string or byte[]) => throw new NotSupportedException(result.GetType().Name),
        _ => result,
    };

    // Reading a directory may fail anywhere in it.
    private IEnumerable<T> Guard<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            if (_faults.Next("readdir", "") is { } fault)
                throw fault;
            yield return item;
        }
    }
}
