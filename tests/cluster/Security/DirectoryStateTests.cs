using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.Grains.Security;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Security;

/// <summary>What the key directory stores must be read by every later release: the files hold its bytes and are never changed.</summary>
public sealed class DirectoryStateTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Epoch = new("11111111-2222-3333-4444-555555555555");

    private static readonly LimitSet Limits = new() { RequestsPerMinute = 5, TokensPerHour = 1000, DollarsPerMonth = 12.5m, Shadow = true };

    private static readonly KeyRecord Key = new()
    {
        PublicId = "4fGh2kLmN0pQ",
        Hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        Name = "golden",
        Roles = ["user"],
        CreatedAt = Moment,
        ExpiresAt = Moment.AddDays(30),
        User = "ada",
        Team = "research",
        Permissions = ["limits.read"],
        Models = ["gpt-*"],
        Regions = ["eu-west"],
        Limits = Limits,
        CreatedBy = "key:AAAAAAAAAAAA",
        Priority = RequestPriority.High,
        PepperVersion = 7,
        PreviousHash = [.. Enumerable.Range(32, 32).Select(i => (byte)i)],
        PreviousPepperVersion = 6,
        PreviousEndsAt = Moment.AddDays(1),
        RotatedAt = Moment,
    };

    private static readonly SubjectRecord Team = new()
    {
        Kind = SubjectKind.Team,
        Id = "research",
        Name = "Research",
        Limits = Limits,
        Models = ["gpt-*"],
        Regions = ["eu-west"],
        Suspended = true,
        CreatedAt = Moment,
    };

    private Serializer Serializer => fixture.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();

    [Fact]
    public void KeyPage_WithOwnersRightsAndSecondSecret_IsRead()
    {
        var page = Read("key-directory-page.owners.hex", new KeyDirectoryPage { Epoch = Epoch, Keys = [new StoredKey(Key, 9)] });

        Assert.Equal(Epoch, page.Epoch);
        var stored = Assert.Single(page.Keys);
        Assert.Equal(9, stored.Position);
        var key = stored.Record;
        Assert.Equal((Key.User, Key.Team, Key.Limits, Key.CreatedBy, Key.Priority), (key.User, key.Team, key.Limits, key.CreatedBy, key.Priority));
        Assert.Equal((Key.PepperVersion, Key.PreviousPepperVersion, Key.PreviousEndsAt, Key.RotatedAt), (key.PepperVersion, key.PreviousPepperVersion, key.PreviousEndsAt, key.RotatedAt));
        Assert.Equal((IEnumerable<byte>)Key.PreviousHash, key.PreviousHash);
        Assert.Equal(["limits.read"], key.Permissions);
        Assert.Equal(["gpt-*"], key.Models);
        Assert.Equal(["eu-west"], key.Regions);
    }

    [Fact]
    public void SubjectPage_IsRead()
    {
        var user = Team with { Kind = SubjectKind.User, Id = "ada", Team = "research", Deleted = true };
        var page = Read("subject-directory-page.hex", new SubjectDirectoryPage { Epoch = Epoch, Subjects = [new StoredSubject(Team, 3), new StoredSubject(user, 4)] });

        Assert.Equal([3L, 4L], page.Subjects.Select(stored => stored.Position));
        var team = page.Subjects[0].Record;
        Assert.Equal((SubjectKind.Team, "research", "Research", Limits, true, false), (team.Kind, team.Id, team.Name, team.Limits, team.Suspended, team.Deleted));
        Assert.Equal(["gpt-*"], team.Models);
        Assert.Equal(("research", true), (page.Subjects[1].Record.Team, page.Subjects[1].Record.Deleted));
    }

    [Fact]
    public void UsesPage_IsRead()
    {
        var page = Read("key-uses-page.hex", new KeyUsesPage { Uses = [new KeyLastUse("4fGh2kLmN0pQ", Moment, null)] });

        Assert.Equal([new KeyLastUse("4fGh2kLmN0pQ", Moment, null)], page.Uses);
    }

    private T Read<T>(string file, T example, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", file);
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null && !File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToHexString(Serializer.SerializeToArray(example)) + "\n");
        }

        return Serializer.Deserialize<T>(Convert.FromHexString(File.ReadAllText(path).Trim()))!;
    }
}
