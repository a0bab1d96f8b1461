using System.Text;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Tests.Storage;

public class ExclusiveRenameTests
{
    private const int EPERM = 1, ENOENT = 2, EIO = 5, EACCES = 13, EEXIST = 17, EXDEV = 18, EINVAL = 22, EROFS = 30, ENOSYS = 38;

    private readonly Dictionary<string, int> _errors = [];
    private readonly List<string> _done = [];
    private readonly HashSet<string> _names = ["from"];

    public static TheoryData<int> Refusals => [EPERM, EACCES, EROFS, EIO, EXDEV, EEXIST, ENOENT];

    public static TheoryData<int> UnknownCalls => [EINVAL, ENOSYS, UnixNative.ENOTSUP];

    [Theory(DisplayName = "SE-7: a refused rename is an error: no other call is tried, and the file keeps its one name")]
    [MemberData(nameof(Refusals))]
    public void A_refusal_is_an_error(int errno)
    {
        _errors["exclusive"] = errno;

        Assert.Equal(errno, Run());
        Assert.Equal(["exclusive"], _done);
        Assert.Equal(["from"], _names);
    }

    [Theory(DisplayName = "SE-7: where the volume knows no exclusive rename, a link and an unlink leave one name")]
    [MemberData(nameof(UnknownCalls))]
    public void Links_where_the_call_is_unknown(int errno)
    {
        _errors["exclusive"] = errno;

        Assert.Equal(0, Run());
        Assert.Equal(["exclusive", "test", "link", "unlink from"], _done);
        Assert.Equal(["to"], _names);
    }

    [Theory(DisplayName = "SE-7: a directory that lets nobody remove the name (sticky, append-only, immutable, read-only) is recognised before there is a second one")]
    [InlineData(EPERM)]
    [InlineData(EACCES)]
    [InlineData(EROFS)]
    public void A_removal_that_would_be_refused_is_not_begun(int errno)
    {
        _errors["exclusive"] = EINVAL;
        _errors["test"] = errno;

        Assert.Equal(errno, Run());
        Assert.Equal(["exclusive", "test"], _done);
        Assert.Equal(["from"], _names);
    }

    [Theory(DisplayName = "SE-7: when the old name cannot be removed after all, the new one goes again")]
    [InlineData(EPERM)]
    [InlineData(EIO)]
    [InlineData(ENOENT)]
    public void A_failed_removal_takes_the_new_name_back(int errno)
    {
        _errors["exclusive"] = EINVAL;
        _errors["unlink from"] = errno;

        Assert.Equal(errno, Run());
        Assert.Equal(["exclusive", "test", "link", "unlink from", "unlink to"], _done);
        Assert.Equal(["from"], _names);
    }

    [Theory(DisplayName = "SE-7: on a volume without links the name is looked for before a plain rename")]
    [InlineData(EPERM)]
    [InlineData(ENOSYS)]
    [InlineData(EINVAL)]
    public void Looks_where_there_are_no_links(int errno)
    {
        _errors["exclusive"] = EINVAL;
        _errors["link"] = errno;

        Assert.Equal(0, Run());
        Assert.Equal(["exclusive", "test", "link", "look", "rename"], _done);
        Assert.Equal(["to"], _names);
    }

    [Fact(DisplayName = "PU-4: on a volume without links a name that is taken stays as it is")]
    public void A_taken_name_is_not_replaced()
    {
        _errors["exclusive"] = EINVAL;
        _errors["link"] = EPERM;
        _names.Add("to");

        Assert.Equal(EEXIST, Run());
        Assert.DoesNotContain("rename", _done);
    }

    [Theory(DisplayName = "SE-7: a link that is refused for another cause is an error")]
    [InlineData(EACCES)]
    [InlineData(EEXIST)]
    [InlineData(EROFS)]
    public void A_refused_link_is_an_error(int errno)
    {
        _errors["exclusive"] = EINVAL;
        _errors["link"] = errno;

        Assert.Equal(errno, Run());
        Assert.Equal(["from"], _names);
        Assert.DoesNotContain("rename", _done);
    }

    private int Run()
    {
        var calls = new RenameCalls(
            (from, to) => Do("exclusive", () => Rename(from, to)),
            _ => Do("test", () => { }),
            (_, to) => Do("link", () => _names.Add(Text(to))),
            path => Do("unlink " + Text(path), () => _names.Remove(Text(path))),
            path => Do("look", () => { }) is 0 && _names.Contains(Text(path)) ? EEXIST : 0,
            (from, to) => Do("rename", () => Rename(from, to)));
        return ExclusiveRename.Run(calls, Encoding.UTF8.GetBytes("from\0"), Encoding.UTF8.GetBytes("to\0"));
    }

    private void Rename(byte[] from, byte[] to)
    {
        _names.Remove(Text(from));
        _names.Add(Text(to));
    }

    private int Do(string call, Action effect)
    {
        _done.Add(call);
        if (_errors.TryGetValue(call, out var errno))
            return errno;
        effect();
        return 0;
    }

    private static string Text(byte[] path) => Encoding.UTF8.GetString(path).TrimEnd('\0');
}
