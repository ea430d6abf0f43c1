using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Extensions;

namespace ProxyCluster.Tests.Unit.Extensions;

public sealed class SharedContractTests
{
    public static TheoryData<Type> TypesOfTheContract => [typeof(IGatewayExtension), typeof(IChatClient), typeof(ILoggerFactory), typeof(System.Text.Json.JsonElement), typeof(HttpClient)];

    [Theory]
    [MemberData(nameof(TypesOfTheContract))]
    public void Type_ThatPassesToExtensions_IsTheGatewaysOwn(Type type) => Assert.True(SharedContracts.Contains(type.Assembly.GetName()));

    [Theory]
    [InlineData("OpenAI")]
    [InlineData("Acme.Library")]
    [InlineData("StackExchange.Redis")]
    public void Library_OfAnExtension_IsItsOwn(string name) => Assert.False(SharedContracts.Contains(new AssemblyName(name)));

    [Fact]
    public void Assembly_BuiltWithThisContract_Fits() => Assert.Null(SharedContracts.FaultOf(typeof(SharedContractTests).Assembly));
}
