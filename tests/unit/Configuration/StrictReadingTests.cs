namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class StrictReadingTests
{
    [Fact]
    public void File_OfManyFaults_TellsAllOfThemAtOnce()
    {
        var faults = ConfigurationFiles.Read("""
            {
              "Role": "king",
              "Lisen": {},
              "Listen": { "Admin": "https://localhost:1", "DrainSeconds": -1 },
              "RateLimits": { "RequestsPerMinute": "many" }
            }
            """).Faults;

        Assert.Equal(
            ["Lisen", "Listen:Admin", "Listen:DrainSeconds", "RateLimits:RequestsPerMinute", "Role"],
            faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fault_OfAFile_TellsPathLineValueAndCure()
    {
        var fault = ConfigurationFiles.OnlyFault("{\n  \"Cluster\": {\n    \"SiloPort\": 70000\n  }\n}");

        Assert.Equal("Cluster:SiloPort (line 3) = '70000': It must be from 0 to 65535.", fault.ToString());
    }

    [Theory]
    [InlineData("""{ "Regoin": "eu" }""", "Region")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Prioritty": 1 } ] }""", "Priority")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "opneai" } ] }""", "openai")]
    public void Name_ThatIsMisspelt_IsToldTheNearestOne(string json, string nearest)
    {
        Assert.Contains($"Write '{nearest}' if that is meant.", ConfigurationFiles.OnlyFault(json).Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_ThatIsGivenTwice_IsToldWithBothLines()
    {
        var fault = ConfigurationFiles.OnlyFault("{\n\"Region\": \"a\",\n\"region\": \"b\"\n}");

        Assert.Equal("region (line 3): This key was given before, in line 2. Keep one of them.", fault.ToString());
    }

    [Theory]
    [InlineData("""{ "Region": """, "line 1")]
    [InlineData("{\n\n oops }", "line 3")]
    [InlineData("", "line 1")]
    public void File_ThatIsNoJson_IsToldWithItsLine(string json, string line)
    {
        var fault = ConfigurationFiles.OnlyFault(json);

        Assert.StartsWith("It is not JSON:", fault.Cure, StringComparison.Ordinal);
        Assert.Equal(line, fault.Origin);
    }

    [Theory]
    [InlineData("""{ "Listen": 5 }""", "It must be an object: { … }.")]
    [InlineData("""{ "Providers": {"a": 1} }""", "It must be a list: [ … ].")]
    [InlineData("""{ "Region": 5 }""", "It must be a text.")]
    [InlineData("""{ "Region": null }""", "It must be a text. Leave it out for the default.")]
    [InlineData("""{ "RateLimits": { "Block": 1 } }""", "It must be true or false.")]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": 1.5 } }""", "It must be a whole number.")]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": true } }""", "It must be a whole number.")]
    public void Value_OfTheWrongType_IsToldWhatItMustBe(string json, string cure)
    {
        Assert.Equal(cure, ConfigurationFiles.OnlyFault(json).Cure);
    }

    [Fact]
    public void Secret_ThatIsWrong_IsNotShown()
    {
        var faults = ConfigurationFiles.Read("""
            { "Cluster": { "Redis": "localhost" },
              "Auth": { "Pepper": "hunter2hunter2hunter2", "Keys": [ { "Name": "ci", "Key": "hunter2" } ] },
              "Providers": [ { "Name": "a", "Type": "openai", "ApiKey": "hunter2", "ApiKye": "hunter2", "Headers": [ "hunter2" ] } ] }
            """).Faults;

        Assert.True(faults.Count >= 4);
        Assert.DoesNotContain("hunter2", string.Concat(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_AsABareName_IsAnEntryWithThatId()
    {
        var reading = ConfigurationFiles.Read("""
            { "Providers": [ { "Name": "a", "Type": "simulator", "Models": [ "one", { "Id": "two", "ContextLength": 10, "InputCostPerMillion": 2.5 } ] } ] }
            """);

        Assert.Empty(reading.Faults);
        var models = Assert.Single(reading.Options.Providers).Models;
        Assert.Equal(["one", "two"], models.Select(model => model.Id));
        Assert.Equal((10, 2.5m), (models[1].ContextLength, models[1].InputCostPerMillion!.Value));
    }

    [Fact]
    public void Alias_WithAColonInItsName_KeepsIt()
    {
        var reading = ConfigurationFiles.Read("""{ "Aliases": { "llama3:8b": { "Models": ["x"] } }, "Cluster": { "Redis": "localhost" } }""");

        Assert.Empty(reading.Faults);
        Assert.Equal("llama3:8b", Assert.Single(reading.Options.Aliases).Key);
    }

    [Fact]
    public void Argument_OverTheFile_Wins()
    {
        var reading = ConfigurationFiles.Read("""{ "Region": "file", "Listen": { "DrainSeconds": 7 } }""", "--Region=argument", "--listen:drainSeconds", "9");

        Assert.Empty(reading.Faults);
        Assert.Equal(("argument", 9), (reading.Options.Region, reading.Options.Listen.DrainSeconds));
    }

    [Fact]
    public void Argument_ThatIsEmpty_TurnsAListenerOff()
    {
        Assert.Null(ConfigurationFiles.Read("{}", "--Listen:Ops=").Options.Listen.Ops);
    }

    [Fact]
    public void Argument_OfAnEntry_ChangesThatEntry()
    {
        var reading = ConfigurationFiles.Read(
            """{ "Providers": [ { "Name": "a", "Type": "simulator" }, { "Name": "b", "Type": "simulator" } ] }""", "--Providers:1:Priority=5");

        Assert.Empty(reading.Faults);
        Assert.Equal([1, 5], reading.Options.Providers.Select(provider => provider.Priority));
    }
}
