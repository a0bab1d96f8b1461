using System.Collections.Concurrent;
using System.Reflection;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>
/// Lets a class stand for a wide interface of which it has some members, found by name and parameters. Every other member throws
/// <see cref="NotSupportedException"/> with its name (those with spans an <see cref="InvalidProgramException"/>): what a file system in a
/// test does not model must not pass in silence.
/// </summary>
#pragma warning disable CA1852 // A proxy derives from it.
internal class Subset : DispatchProxy
#pragma warning restore CA1852
{
    private static readonly ConcurrentDictionary<(Type, MethodInfo), MethodInfo?> Found = new();

    private object _target = null!;

    /// <summary>The interface, answered by <paramref name="target"/>.</summary>
    public static T Of<T>(object target)
        where T : class
    {
        var proxy = Create<T, Subset>();
        ((Subset)(object)proxy)._target = target;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var wanted = targetMethod!;
        var found = Found.GetOrAdd((_target.GetType(), wanted), static key =>
            key.Item1.GetMethod(key.Item2.Name, [.. key.Item2.GetParameters().Select(parameter => parameter.ParameterType)]));
        if (found is null)
            throw new NotSupportedException($"{wanted.DeclaringType!.Name}.{wanted.Name}");
        return found.Invoke(_target, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
    }
}
