using ProxyCluster.GatewayApi.Hosting;

const string Usage = "Usage: gateway-api [--config file] [--Section:Setting=value …]";

RegexLimits.Set();
return await HostRunner.RunAsync(() => GatewayApplication.Create(args), Usage);
