using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class AccountTableTests
{
    private readonly AccountTable _table = new();

    [Fact]
    public void Of_AnId_IsTheAccountOfItsSubject()
    {
        var longest = new string('x', SubjectId.Longest + 1);

        Assert.Same(_table.Of("user:ada"), _table.Of(SubjectKind.User, "ada"));
        Assert.Same(_table.Of("team:ada"), _table.Of(SubjectKind.Team, "ada"));
        Assert.Same(_table.Of("user:" + longest), _table.Of(SubjectKind.User, longest));
        Assert.NotSame(_table.Of(SubjectKind.User, "ada"), _table.Of(SubjectKind.Team, "ada"));
        Assert.Equal("team:ada", _table.Of(SubjectKind.Team, "ada").Subject);
    }

    [Fact]
    public void Of_AnAccountThatWasLetGo_IsAnother_WithWhatTheClusterSays()
    {
        LetGo();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _table.Apply([new SubjectRecord { Kind = SubjectKind.User, Id = "ada", Suspended = true }]);

        var account = _table.Of(SubjectKind.User, "ada");

        Assert.True(account.IsSuspended);
        Assert.Same(account, _table.Of("user:ada"));
    }

    [Fact]
    public void Of_MoreSubjectsThanThereWasRoomFor_KeepsThoseThatAreHeld()
    {
        var held = Enumerable.Range(0, 5_000).Select(i => _table.Of(SubjectKind.User, $"user-{i}")).ToList();
        for (var i = 0; i < 5_000; i++)
        {
            _table.Expect(SubjectKind.User, $"other-{i}");
            Assert.Equal($"user:other-{i}", _table.Of(SubjectKind.User, $"other-{i}").Subject);
        }

        Assert.All(held, (account, i) => Assert.Same(account, _table.Of(SubjectKind.User, $"user-{i}")));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private void LetGo() => _table.Of("user:ada");
}
