using System.IO.Abstractions;
using ForeignConnector.Lib.Intake.Watching;

namespace ForeignConnector.Lib.Tests.Intake;

public sealed class DirectoryWatcherTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory(DisplayName = "BP-1, PU-1: a file that is still being written to does not have the directory listed again; one that appears does, once")]
    [InlineData("append")]
    [InlineData("rewrite")]
    [InlineData("truncate")]
    [InlineData("touch")]
    [InlineData("delete")]
    public async Task Tells_of_names_alone(string change)
    {
        var path = _temp.Write("a.eml", "From: bob@contoso.com\r\n");
        var calls = 0;
        var appeared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new DirectoryWatcher(new FileSystem(), _temp.Path, () =>
        {
            Interlocked.Increment(ref calls);
            appeared.TrySetResult();
        });
        Assert.True(watcher.Start());
        for (var i = 0; i < 10; i++)
            Change(path, change, i);

        // Events come in order: those of the changes would come before this one.
        File.Move(_temp.Write("b", "x"), Path.ChangeExtension(path, ".tmp"));
        await appeared.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        watcher.Dispose();

        // The file was created, and perhaps it was renamed by then.
        Assert.InRange(calls, 1, 2);
    }

    private static void Change(string path, string change, int i)
    {
        switch (change)
        {
            case "append":
                File.AppendAllText(path, "x");
                break;
            case "rewrite":
                File.WriteAllText(path, $"{i}");
                break;
            case "truncate":
                using (var file = new FileStream(path, FileMode.Open))
                    file.SetLength(20 - i);
                break;
            case "touch":
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(i));
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}
