using System.Collections.Immutable;
using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyTableTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private readonly AccountTable _accounts = new();
    private readonly KeyTable _table;

    public KeyTableTests() => _table = new(TimeProvider.System, new KeyCallers(_accounts, RoleTable.BuiltIn));

    [Fact]
    public void Apply_OfAChange_KeepsTheCaller_UnlessItIsAnother()
    {
        _table.Apply(0, Page(1, whole: true, more: false, Record("a")));
        var caller = Find("a")!.Caller;

        _table.Apply(0, Page(2, whole: false, more: false, Record("a") with { Revoked = true }));
        Assert.Same(caller, Find("a")!.Caller);
        Assert.True(Find("a")!.Revoked);

        _table.Apply(0, Page(3, whole: false, more: false, Record("a") with { Roles = [KeyRoles.Admin] }));
        Assert.True(Find("a")!.Caller.May(Permission.All));
    }

    [Fact]
    public void Apply_OfAFeedThatStartsAgain_DropsWhatIsGone_AtItsLastPageOnly()
    {
        _table.Apply(0, Page(1, whole: true, more: false, Record("old"), Record("kept")));
        var kept = Find("kept")!.Caller;

        _table.Apply(0, Page(1, whole: true, more: true, Record("new")));
        Assert.NotNull(Find("old"));
        Assert.Null(Find("new"));

        _table.Apply(0, Page(2, whole: false, more: false, Record("kept")));
        Assert.Null(Find("old"));
        Assert.NotNull(Find("new"));
        Assert.Same(kept, Find("kept")!.Caller);
        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void Apply_OfAFeedThatStartsAgainTwice_ForgetsTheFirstStart()
    {
        _table.Apply(0, Page(1, whole: true, more: true, Record("first")));
        _table.Apply(0, Page(1, whole: true, more: false, Record("second")));

        Assert.Null(Find("first"));
        Assert.NotNull(Find("second"));
    }

    [Fact]
    public void Learn_AfterTheFeedToldARevocation_DoesNotBringTheKeyBack()
    {
        _table.Apply(0, Page(1, whole: true, more: false, Record("a") with { Revoked = true }));

        _table.Learn(0, Record("a"));

        Assert.True(Find("a")!.Revoked);
    }

    [Fact]
    public void Find_OfAHashWithTheSameBeginning_ComparesAllOfIt()
    {
        _table.Apply(0, Page(1, whole: true, more: false, Record("a")));
        var forged = HashOf("a").ToArray();
        forged[^1] ^= 1;
        Assert.True(KeyHash.TryRead(forged, out var hash));

        Assert.Null(_table.Find(0, IdOf("a"), hash));
        Assert.NotNull(_table.Find(0, IdOf("a"), HashOf("a")));
    }

    [Fact]
    public void Apply_OfADamagedRecord_PassesItOver()
    {
        _table.Apply(0, Page(2, whole: true, more: false, Record("bad") with { Hash = [1, 2, 3] }, Record("good")));

        Assert.NotNull(Find("good"));
        Assert.Equal(1, _table.Count);
    }

    private KeyEntry? Find(string key) => _table.Find(0, IdOf(key), HashOf(key));

    private static KeyId IdOf(string key) => new(Encoding.ASCII.GetBytes(key));

    private static KeyHash HashOf(string key) => KeyHash.Of(new byte[32], key);

    private static KeyFeedPage Page(long position, bool whole, bool more, params KeyRecord[] records) =>
        new(new KeyFeedCursor(Epoch, position), whole, [.. records], more);

    private static KeyRecord Record(string key) => new()
    {
        PublicId = key,
        Hash = ImmutableArray.Create(HashOf(key).ToArray()),
        Name = key,
        Roles = [KeyRoles.User],
    };
}
