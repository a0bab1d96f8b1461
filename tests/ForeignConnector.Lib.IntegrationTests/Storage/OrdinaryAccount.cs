using System.Runtime.InteropServices;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>Runs code with the rights that another account than root has to files (Linux). Only root can do so.</summary>
internal static partial class OrdinaryAccount
{
    public const int Id = 65534;

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Runs it on a thread of its own; that thread alone has the other account.</summary>
    public static T Run<T>(Func<T> code)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            // The rights of root to files go with the account (capabilities(7)).
            _ = SetGroup(Id);
            _ = SetUser(Id);
            try
            {
                result = code();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure = e;
            }
            finally
            {
                _ = SetUser(0);
                _ = SetGroup(0);
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
        return result!;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetGroup(uint group);
}
