using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class PepperSourceTests
{
    [Fact]
    public void Pepper_OfOneMachine_IsMadeOnce_ForItsOwnerOnly()
    {
        using var world = new SecurityWorld();
        var first = world.Pepper.Value.ToArray();

        var path = Path.Combine(world.Directory, "pepper");
        Assert.Equal(PepperSource.LeastBytes, first.Length);
        Assert.True(SecurityWorld.IsPrivate(path));
        Assert.Equal(first, new PepperSource(world.Configuration, world.Secrets).Value.ToArray());
        Assert.Equal(["pepper"], Directory.GetFiles(world.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public void Pepper_MadeByManyAtOnce_IsTheSameForAll()
    {
        using var world = new SecurityWorld();
        var sources = Enumerable.Range(0, 16).Select(_ => new PepperSource(world.Configuration, world.Secrets)).ToArray();
        var peppers = new string[sources.Length];

        Parallel.For(0, sources.Length, i => peppers[i] = Convert.ToHexString(sources[i].Value));

        Assert.Single(peppers.Distinct());
    }

    [Fact]
    public void Pepper_OfACluster_MustBeConfigured()
    {
        using var world = new SecurityWorld(o => o.Cluster.Redis = "127.0.0.1:6379");

        var fault = Assert.Throws<PepperException>(() => world.Pepper.Value.Length);

        Assert.Contains("Auth:Pepper is not set", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2", "too short")]
    [InlineData("", "is empty")]
    [InlineData(null, "cannot be read")]
    public void Pepper_ThatCannotBeUsed_IsToldWithoutShowingIt(string? content, string expected)
    {
        using var world = new SecurityWorld();
        var path = Path.Combine(world.Directory, "secret");
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        world.Options.Auth.Pepper = "file:" + path;

        var fault = Assert.Throws<PepperException>(() => world.Pepper.Value.Length);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pepper_OfAFile_IsItsContent()
    {
        using var world = new SecurityWorld();
        var path = Path.Combine(world.Directory, "secret");
        File.WriteAllText(path, new string('p', 40) + "\n");
        world.Options.Auth.Pepper = "file:" + path;

        Assert.Equal(Enumerable.Repeat((byte)'p', 40), world.Pepper.Value.ToArray());
    }

    [Fact]
    public void Pepper_Damaged_IsNotReplaced()
    {
        using var world = new SecurityWorld();
        var path = Path.Combine(world.Directory, "pepper");
        File.WriteAllText(path, "torn");

        Assert.Throws<PepperException>(() => world.Pepper.Value.Length);
        Assert.Equal("torn", File.ReadAllText(path));
    }
}
