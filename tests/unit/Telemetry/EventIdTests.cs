using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ProxyCluster.Tests.Unit.Telemetry;

/// <summary>The numbers of log events, which operators filter and alert by.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void LogEvents_OfAGateway_HaveNumbersOfTheirOwn()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var events = typeof(GatewayApi.Hosting.DrainState).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(Any))
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(one => one.Event is { EventId: >= 0 })
            .ToList();

        Assert.True(events.Count > 50, $"Only {events.Count} log events were found.");
        Assert.Empty(events.GroupBy(one => one.Event!.EventId)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(one => $"{one.Method.DeclaringType!.Name}.{one.Method.Name}"))}"));
    }
}
